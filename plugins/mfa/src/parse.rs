//! One module for each format: bytes or rows in, [`User`](crate::user::User)s or [`Login`](crate::window::Login)s out.
//! Pure: no host, no clock.
//!
//! A response that is not of the format at all is a failure; one record that is not is an [`Unread`] in its place.

pub mod aws;
pub(crate) mod logins;
pub mod okta;
pub(crate) mod users;

/// Why one record cannot be read, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread(pub String);

impl From<String> for Unread {
    fn from(why: String) -> Self {
        Self(why)
    }
}

/// The items of a list with commas between, without the blanks around them and without empty ones.
fn items(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|item| !item.is_empty())
}
