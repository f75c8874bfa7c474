//! Encrypted columns: what is sealed opens where it was sealed and nowhere else, and shows nowhere.

mod attacks;
mod catalogue;
mod ground;
mod rotation;
mod writes;
