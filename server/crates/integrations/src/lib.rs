//! Clients for the outside: sign-in providers, profiles, job feeds, mail.
//!
//! There are none yet: this version talks to nobody. The crate holds their place among the arrows,
//! so that the first client has one to go to. It may know HTTP and the peers' formats, and must
//! never know the database, a model or a page. To add a client: a module named for its feature,
//! tested against a real peer on loopback.
