//! The outside over HTTP: pages, the API, assets.
