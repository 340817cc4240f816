//! Settings: a parameter's name and the value it is given.

/// The value of a setting.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Value<'a> {
    /// A real number.
    Real(f64),
    /// A whole number.
    Whole(u64),
    /// Text, also a word out of a choice.
    Text(&'a str),
}

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Setting<'a> {
    /// The parameter's name.
    pub key: &'a str,
    /// Its value.
    pub value: Value<'a>,
}
