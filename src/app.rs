//! Parts put together.
