//! Values that cannot be kept secret.

/// The least bytes of a secret. A shorter one stands in too much that is no secret.
pub const MIN_BYTES: usize = 6;

/// The most bytes of a secret. It is looked for in some twenty forms.
pub const MAX_BYTES: usize = 16 * 1024;

/// Why a value cannot be a secret: it could not be kept out of what is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weak {
    /// It has fewer than [`MIN_BYTES`].
    Short,
    /// It has more than [`MAX_BYTES`].
    Long,
    /// It is made of the marks that stand in the place of secrets.
    Mark,
    /// It has a zero byte, which no variable and no header can have.
    Zero,
    /// All secrets together are too large to be looked for.
    TooMany,
}

impl Weak {
    /// Whether a value can be a secret.
    ///
    /// # Errors
    /// Why not.
    pub fn check(value: &str) -> Result<(), Weak> {
        if value.len() < MIN_BYTES {
            return Err(Weak::Short);
        }
        if value.len() > MAX_BYTES {
            return Err(Weak::Long);
        }
        if value.contains('\0') {
            return Err(Weak::Zero);
        }
        match value.chars().all(|letter| "*\r\n".contains(letter)) {
            true => Err(Weak::Mark),
            false => Ok(()),
        }
    }
}

impl std::fmt::Display for Weak {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Weak::Short => write!(
                f,
                "it has fewer than {MIN_BYTES} bytes, so it could not be kept out of what is \
                 recorded"
            ),
            Weak::Long => write!(f, "it has more than {MAX_BYTES} bytes"),
            Weak::Mark => f.write_str("it has no other characters than `*`"),
            Weak::Zero => f.write_str("it has a zero byte"),
            Weak::TooMany => f.write_str("all secrets together are too large"),
        }
    }
}
