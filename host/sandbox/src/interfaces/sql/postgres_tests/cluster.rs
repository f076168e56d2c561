//! A PostgreSQL server of the test's own: in a temporary folder, on a Unix socket only, gone with the test.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use postgres::NoTls;

/// A running server.
pub(super) struct Cluster {
    dir: tempfile::TempDir,
    server: Child,
}

impl Cluster {
    /// Makes a cluster and waits until it says that it is ready.
    pub(super) fn start() -> Self {
        let tools = tools();
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        if rustix::process::geteuid().is_root() {
            // The server refuses to run as root.
            done(Command::new("chown").arg("postgres:postgres").arg(dir.path()));
        }
        let mut initdb = as_user(&tools.join("initdb"));
        initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"]);
        done(initdb.arg(&data).stdout(Stdio::null()));
        std::fs::write(data.join("pg_hba.conf"), "local all audit scram-sha-256\nlocal all all trust\n").unwrap();
        let mut server = as_user(&tools.join("postgres"));
        server.arg("-D").arg(&data).arg("-k").arg(dir.path()).args(["-c", "listen_addresses=", "-c", "fsync=off"]);
        let mut server = server.stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(server.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("ready to accept connections") {
            assert_ne!(log.read_line(&mut said).unwrap(), 0, "the server ended: {said}");
        }
        // The rest of its log has no reader but must have room.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { dir, server }
    }

    /// How a grant names it, as the superuser.
    pub(super) fn connection(&self) -> String {
        format!("host={} user=postgres dbname=postgres", self.dir.path().display())
    }

    /// Runs statements that prepare the cases.
    pub(super) fn execute(&self, statements: &str) {
        postgres::Client::connect(&self.connection(), NoTls).unwrap().batch_execute(statements).unwrap();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGQUIT is PostgreSQL's "immediate shutdown": it ends its own children too.
        let pid = i32::try_from(self.server.id()).ok().and_then(rustix::process::Pid::from_raw).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::QUIT).ok();
        self.server.wait().ok();
    }
}

/// Where the newest installed server's programs are.
fn tools() -> PathBuf {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.map(|entry| entry.unwrap().path().join("bin")).collect())
        .unwrap_or_default();
    versions.retain(|bin| bin.join("initdb").exists());
    versions.sort();
    versions.pop().expect("no PostgreSQL server in /usr/lib/postgresql: run `cargo xtask setup`")
}

/// `program` as a user that PostgreSQL accepts, ended when this test ends for whatever reason.
fn as_user(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if rustix::process::geteuid().is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    command.arg("--pdeathsig=QUIT").arg(program).env_clear().env("PATH", "/usr/bin:/bin").current_dir("/");
    command
}

fn done(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}: run `cargo xtask setup`"));
    assert!(status.success(), "{command:?} failed");
}
