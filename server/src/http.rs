//! The HTTP side: routes, bodies and answers. Knows no SQL and no yrs.

mod body;
mod guard;
