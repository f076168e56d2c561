//! Verifying ledgers that are made here, slowly and without the writer: what is whole is ok, and whatever somebody changes
//! is found.

// `cfg(test)` always holds here; lints go by it.
#[cfg(test)]
mod acts;
#[cfg(test)]
mod bits;
#[cfg(test)]
mod fraud;
#[cfg(test)]
mod large;
#[cfg(test)]
mod leftovers;
#[cfg(test)]
mod log;
#[cfg(test)]
mod package;
#[cfg(test)]
mod records;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod site;
#[cfg(test)]
mod strict;
#[cfg(test)]
mod whole;
