//! Word files made here: each rule by itself, one hard file in six packagings, and files that mean harm.

mod hard;
mod make;
mod rules;
