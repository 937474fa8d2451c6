//! The tau language: text in, diagnostics and a checked plan out.
