//! What a message of syslog or the journal says about a login.
//!
//! Of sshd its own messages count, of other programs those of `pam_unix`: with PAM, sshd writes both for one login. Wordings
//! are those of OpenSSH 9.2 and Linux-PAM 1.5; newer OpenSSH calls the program `sshd-session`.
//!
//! **Invariant:** a message says at most one thing, and is read from its beginning. What a stranger chose, such as the name
//! that they tried, stands behind that.

/// What a message says: a service by PAM's name, how many logins, and whether they succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logins<'a> {
    /// The service.
    pub service: &'a str,
    /// How many.
    pub count: u32,
    /// Whether they succeeded.
    pub success: bool,
}

/// Reads the message of `program`; nothing where it is about something else.
#[must_use]
pub fn read<'a>(program: &'a str, message: &'a str) -> Option<Logins<'a>> {
    if let Some((times, inner)) = repeated(message) {
        let one = single(program, inner)?;
        return Some(Logins { count: one.count.saturating_mul(times), ..one });
    }
    single(program, message)
}

/// How often the message before was repeated, as syslogd writes it: without a tag, and of any program.
#[must_use]
pub fn last_repeated(program: &str, message: &str) -> Option<u32> {
    let times = message.strip_prefix("last message repeated ")?.strip_suffix(" times")?;
    if program.is_empty() { times.parse().ok() } else { None }
}

/// Splits `message repeated 2 times: [ Failed ...]`, as rsyslog writes it for those after the first.
fn repeated(message: &str) -> Option<(u32, &str)> {
    let (times, inner) = message.strip_prefix("message repeated ")?.split_once(" times: [")?;
    Some((times.parse().ok()?, inner.strip_suffix(']')?.trim_ascii_start()))
}

fn single<'a>(program: &'a str, message: &'a str) -> Option<Logins<'a>> {
    if matches!(program, "sshd" | "sshd-session" | "sshd-auth") {
        return sshd(message).map(|success| Logins { service: "sshd", count: 1, success });
    }
    // What libpam adds up after the first failure of a login.
    if let Some(more) = message.strip_prefix("PAM ") {
        let (count, rest) = more.split_once(' ')?;
        let counted = rest.starts_with("more authentication failure");
        return counted.then_some(Logins { service: program, count: count.parse().ok()?, success: false });
    }
    let (service, rest) = message.strip_prefix("pam_unix(")?.split_once(':')?;
    let one = |success| Some(Logins { service, count: 1, success });
    match rest {
        _ if rest.starts_with("auth): authentication failure;") => one(false),
        _ if rest.starts_with("session): session opened for user ") => one(true),
        _ => None,
    }
}

/// Whether a message of sshd is a login that succeeded, or one that failed.
///
/// Of keyboard-interactive by PAM, `error: PAM: ...` stands for each failure, and `Failed keyboard-interactive/pam` is
/// written beside it for some. The method `none` is how a client asks which methods there are.
fn sshd(message: &str) -> Option<bool> {
    if let Some(error) = message.strip_prefix("error: PAM: ") {
        let (_, user) = error.split_once(" for ")?;
        return user.contains(" from ").then_some(false);
    }
    let (word, rest) = message.split_once(' ')?;
    let (method, _) = rest.split_once(" for ").filter(|(method, _)| !method.contains(' '))?;
    match (word, method) {
        ("Accepted", _) => Some(true),
        ("Failed", "none" | "keyboard-interactive/pam") => None,
        ("Failed", _) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(program: &str, message: &str) -> String {
        match read(program, message) {
            Some(Logins { service, count, success }) => {
                format!("{service} {count} {}", if success { "succeeded" } else { "failed" })
            }
            None => "-".to_owned(),
        }
    }

    #[test]
    fn sshd_says_it_itself() {
        for (message, says) in [
            ("Failed password for root from 10.0.0.5 port 4711 ssh2", "sshd 1 failed"),
            ("Failed password for invalid user admin from 10.0.0.5 port 4711 ssh2", "sshd 1 failed"),
            ("Failed publickey for root from 10.0.0.5 port 4711 ssh2: RSA SHA256:x", "sshd 1 failed"),
            ("Failed none for invalid user admin from 10.0.0.5 port 4711 ssh2", "-"),
            ("Failed keyboard-interactive/pam for invalid user admin from 10.0.0.5 port 4711 ssh2", "-"),
            ("error: PAM: Authentication failure for root from 10.0.0.5", "sshd 1 failed"),
            ("error: PAM: Authentication failure for illegal user admin from 10.0.0.5", "sshd 1 failed"),
            ("error: PAM: pam_open_session(): Module is unknown", "-"),
            ("Accepted publickey for root from 10.0.0.5 port 4711 ssh2: ED25519 SHA256:x", "sshd 1 succeeded"),
            ("Accepted keyboard-interactive/pam for root from 10.0.0.5 port 4711 ssh2", "sshd 1 succeeded"),
            ("message repeated 2 times: [ Failed password for root from 10.0.0.5 port 4711 ssh2]", "sshd 2 failed"),
            ("message repeated x times: [ Failed password for root from 10.0.0.5 port 4711 ssh2]", "-"),
            ("Invalid user Failed password for root from 10.0.0.5", "-"),
            ("Invalid user admin from 10.0.0.5 port 4711", "-"),
            ("Failed to allocate internet-domain X11 display socket for root", "-"),
            ("pam_unix(sshd:auth): authentication failure; logname= uid=0 user=root", "-"),
            ("PAM 2 more authentication failures; logname= uid=0 user=root", "-"),
            ("pam_unix(sshd:session): session opened for user root(uid=0) by (uid=0)", "-"),
            ("Connection closed by authenticating user root 10.0.0.5 port 4711 [preauth]", "-"),
        ] {
            assert_eq!(check("sshd", message), says, "{message}");
            assert_eq!(check("sshd-session", message), says, "{message}");
        }
        assert_eq!(check("sudo", "Failed password for root from 10.0.0.5 port 4711 ssh2"), "-");
    }

    #[test]
    fn pam_says_it_for_others() {
        let failure =
            "pam_unix(su:auth): authentication failure; logname= uid=1 euid=0 tty= ruser=daemon rhost=  user=root";
        assert_eq!(check("su", failure), "su 1 failed");
        assert_eq!(check("login", "PAM 2 more authentication failures; logname=LOGIN"), "login 2 failed");
        assert_eq!(check("login", "PAM 1 more authentication failure; logname=LOGIN"), "login 1 failed");
        assert_eq!(
            check("su", "pam_unix(su:session): session opened for user root(uid=0) by (uid=1)"),
            "su 1 succeeded"
        );
        assert_eq!(check("su", "pam_unix(su:session): session closed for user root"), "-");
        assert_eq!(check("su", "pam_unix(su-l:auth): auth could not identify password for [root]"), "-");
        assert_eq!(check("su", "FAILED SU (to root) daemon on none"), "-");
    }

    #[test]
    fn syslogd_repeats_without_a_tag() {
        assert_eq!(last_repeated("", "last message repeated 3 times"), Some(3));
        assert_eq!(last_repeated("sshd", "last message repeated 3 times"), None);
        assert_eq!(last_repeated("", "last message repeated many times"), None);
    }
}
