//! The drawings: strokes on a 24-unit grid, of our own hand, put inline so that they take the text's colour.

use std::fmt;

/// An inline SVG, hidden from screen readers because words stand beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Icon(&'static str);

impl Icon {
    /// Returns the drawing of that name, or the generic page for a name that nobody drew.
    pub(crate) fn named(name: &str) -> Self {
        Icon(match name {
            "search" => r#"<circle cx="11" cy="11" r="6.25"/><path d="m15.8 15.8 4.7 4.7"/>"#,
            "chevron" => r#"<path d="m9.5 5.5 6.5 6.5-6.5 6.5"/>"#,
            "back" => r#"<path d="M14.5 5.5 8 12l6.5 6.5"/>"#,
            "chat" => r#"<path d="M4 5.75h16v10.5h-8.25L7.5 20v-3.75H4z"/><path d="M8 9.5h8M8 12.75h5"/>"#,
            "send" => r#"<path d="M12 19.5v-15M5.75 10.5 12 4.25l6.25 6.25"/>"#,
            "globe" => {
                r#"<circle cx="12" cy="12" r="8.25"/><path d="M3.75 12h16.5M12 3.75c2.6 2.5 3.6 5.3 3.6 8.25s-1 5.75-3.6 8.25c-2.6-2.5-3.6-5.3-3.6-8.25s1-5.75 3.6-8.25z"/>"#
            }
            "shield" | "security" => {
                r#"<path d="M12 3.5 5 6v5.5c0 4.2 2.8 7.4 7 9 4.2-1.6 7-4.8 7-9V6z"/><path d="m9 11.75 2.25 2.25L15.25 10"/>"#
            }
            "errors" => {
                r#"<path d="M5.5 20.5v-17h13v17l-2.6-1.6-2 1.6-1.9-1.6-1.9 1.6-2-1.6z"/><path d="M12 7.5v4.25"/><path d="M12 15.1v.05" stroke-width="2.2"/>"#
            }
            "fixes" => {
                r#"<path d="M14.6 9.4 5 19l-1-1 9.6-9.6"/><path d="M19.9 7.1a4.4 4.4 0 0 1-6 4.1 4.4 4.4 0 0 1 4-7.6l-2.2 2.9 1.6 1.6 2.3-2.1c.2.3.3.7.3 1.1z"/><path d="m13.5 15.5 4.25 4.25"/>"#
            }
            "account" => {
                r#"<circle cx="12" cy="8.25" r="3.75"/><path d="M4.75 20c.6-3.9 3.4-6 7.25-6s6.65 2.1 7.25 6"/>"#
            }
            "top-ups" => {
                r#"<path d="M4 8.25V18.5h16V8.25z"/><path d="M6.5 8.25 15 4.25l1.6 4M20 11.5h-3.6a1.9 1.9 0 0 0 0 3.8H20"/><path d="M9 15.75v-4.5M6.75 13.5H11.25"/>"#
            }
            "fees" => {
                r#"<path d="M6.75 17.25 17.25 6.75"/><circle cx="7.75" cy="7.75" r="2.75"/><circle cx="16.25" cy="16.25" r="2.75"/>"#
            }
            "code" => r#"<path d="M9.75 4 7.5 20M16.5 4l-2.25 16M4.75 9h15.5M3.75 15h15.5"/>"#,
            "person" => {
                r#"<path d="M5 13.5V12a7 7 0 0 1 14 0v1.5"/><path d="M5 13h2.5v5H5.75A1.75 1.75 0 0 1 4 16.25V14a1 1 0 0 1 1-1zM19 13h-2.5v5h1.75A1.75 1.75 0 0 0 20 16.25V14a1 1 0 0 0-1-1z"/><path d="M18 18c-.5 1.6-2 2.5-4.25 2.5"/>"#
            }
            "notice" => r#"<path d="M12 4.5 3.5 19.5h17z"/><path d="M12 10v4.25M12 16.75h.01"/>"#,
            "stop" => {
                r#"<path d="M8.4 3.75h7.2l4.65 4.65v7.2l-4.65 4.65H8.4L3.75 15.6V8.4z"/><path d="m9 9 6 6M15 9l-6 6"/>"#
            }
            "question" => {
                r#"<circle cx="12" cy="12" r="8.25"/><path d="M9.6 9.6A2.45 2.45 0 0 1 12 7.9c1.4 0 2.4.9 2.4 2.1 0 1.8-2.4 1.9-2.4 3.7"/><path d="M12 16.4v.05" stroke-width="2.2"/>"#
            }
            "link" => {
                r#"<path d="M10.5 13.5a3.6 3.6 0 0 0 5.1 0l3.3-3.3a3.6 3.6 0 0 0-5.1-5.1l-1.2 1.2"/><path d="M13.5 10.5a3.6 3.6 0 0 0-5.1 0l-3.3 3.3a3.6 3.6 0 0 0 5.1 5.1l1.2-1.2"/>"#
            }
            "print" => r#"<path d="M7.5 8.5V4h9v4.5M7.5 17H4.25V8.75h15.5V17H16.5"/><path d="M7.5 14h9v6h-9z"/>"#,
            "copy" => r#"<path d="M8.5 8.5V4.25h11.25V15.5H15.5"/><path d="M4.25 8.5H15.5v11.25H4.25z"/>"#,
            "external" => r#"<path d="M13.5 4.5h6v6M19 5l-8 8"/><path d="M10 6H5.5v12.5H18V14"/>"#,
            _ => r#"<path d="M6 3.5h8.5L18.5 8v12.5H6z"/><path d="M14 3.75V8.5h4.25M9 12.5h6.5M9 16h4.5"/>"#,
        })
    }
}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            r#"<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>"#,
            self.0
        )
    }
}

impl askama::filters::HtmlSafe for Icon {}

/// A larger drawing for a page that has nothing to show, hidden from screen readers because its words stand below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Drawing(&'static str);

impl Drawing {
    /// Returns the drawing of that name: `nothing` (an empty slip), `lost` (a torn one) or `broken` (a till that stuck).
    pub(crate) fn named(name: &str) -> Self {
        Drawing(match name {
            "lost" => {
                r#"<path class="paper" d="M34 10h52v26l-8 6 8 7v31l-6.5-4-6.5 4-6.5-4-6.5 4-6.5-4-6.5 4-6.5-4-6.5 4V50l8-7-8-6z"/><path d="M46 23h28M46 61h28M46 69h16"/><path class="accent" d="m28 45 9-3M83 44l9-3"/>"#
            }
            "broken" => {
                r#"<path class="paper" d="M40 44V14h40v30"/><path d="M50 24h20M50 33h12"/><path class="paper" d="M22 44h76v32H22z"/><path d="M32 44h56M34 60h12"/><path class="accent" d="M74 55v9M74 70v.1"/>"#
            }
            _ => {
                r#"<path class="paper" d="M32 8h48v72l-6-4-6 4-6-4-6 4-6-4-6 4-6-4-6 4z"/><path d="M43 22h26M43 32h26M43 42h12"/><circle class="accent paper" cx="78" cy="56" r="14"/><path class="accent" d="m88.5 66.5 11 11"/>"#
            }
        })
    }
}

impl fmt::Display for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            r#"<svg class="drawing" viewBox="0 0 120 88" width="150" height="110" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>"#,
            self.0
        )
    }
}

impl askama::filters::HtmlSafe for Drawing {}

// Only the renderer and the snippet maker can make one, so that templates need no `safe` filter anywhere.
impl askama::filters::HtmlSafe for crate::base::SafeHtml {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_nobody_drew_is_a_page() {
        assert_eq!(Icon::named("../x"), Icon::named("page"));
        assert_ne!(Icon::named("fees"), Icon::named("page"));
    }
}
