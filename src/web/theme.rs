//! The site's accent colour in shades that stay readable on both papers.
//!
//! Authors give one colour. Text in it must reach a contrast of 4.5 (WCAG AA) on light and on dark paper, so it is
//! darkened for the one and lightened for the other until it does.

use std::fmt::Write as _;

use crate::kb::Site;

/// An sRGB colour, one number from 0 to 1 per channel.
type Rgb = [f32; 3];

const WHITE: Rgb = [1.0; 3];
const BLACK: Rgb = [0.0; 3];
/// `--paper` of `light.css`.
const LIGHT_PAPER: Rgb = [0.980, 0.980, 0.965];
/// `--surface` of `dark.css`: the lighter of the dark papers, so that both pass.
const DARK_PAPER: Rgb = [0.094, 0.122, 0.110];
const READABLE: f32 = 4.5;
/// More than must be, on dark paper: a colour that is only just readable there looks switched off.
const BRIGHT: f32 = 6.5;

/// The declarations that put a site's own accent in place of the design's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Theme {
    /// For light paper.
    pub(crate) light: String,
    /// For dark paper.
    pub(crate) dark: String,
    /// The accent on light paper, `#rrggbb`.
    pub(crate) accent: String,
    /// The shade behind the home page's banner, `#rrggbb`.
    pub(crate) deep: String,
}

impl Theme {
    /// Makes the declarations, where the site names an accent.
    pub(crate) fn of_site(site: &Site) -> Option<Self> {
        let colour = parse(site.accent.as_deref()?)?;
        let light = readable_on(colour, LIGHT_PAPER, BLACK, READABLE);
        let dark = readable_on(colour, DARK_PAPER, WHITE, BRIGHT);
        Some(Theme {
            light: shades(light, LIGHT_PAPER, BLACK),
            dark: shades(dark, DARK_PAPER, WHITE),
            accent: hex(light),
            deep: hex(deep(light)),
        })
    }
}

fn shades(accent: Rgb, paper: Rgb, away: Rgb) -> String {
    let on = if contrast(accent, WHITE) >= READABLE { WHITE } else { mix(accent, BLACK, 0.85) };
    let lines = [
        ("accent", accent),
        ("accent-strong", mix(accent, away, 0.18)),
        ("accent-deep", deep(accent)),
        ("accent-line", mix(paper, accent, 0.35)),
        ("accent-wash", mix(paper, accent, 0.09)),
        ("on-accent", on),
    ];
    let mut css = String::new();
    for (name, colour) in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(css, "--{name}: {};", hex(colour));
    }
    css
}

/// The home page's banner holds white words on both papers.
fn deep(accent: Rgb) -> Rgb {
    mix(readable_on(accent, WHITE, BLACK, READABLE), BLACK, 0.4)
}

fn parse(hex: &str) -> Option<Rgb> {
    let digits = hex.strip_prefix('#').filter(|d| d.len() == 6 && d.is_ascii())?;
    let channel = |i: usize| u8::from_str_radix(&digits[i..i + 2], 16).ok().map(|v| f32::from(v) / 255.0);
    Some([channel(0)?, channel(2)?, channel(4)?])
}

fn hex(colour: Rgb) -> String {
    let [r, g, b] = colour.map(|c| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to one byte")]
        let byte = (c * 255.0).round().clamp(0.0, 255.0) as u8;
        byte
    });
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn mix(a: Rgb, b: Rgb, share: f32) -> Rgb {
    [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * share)
}

/// Moves a colour towards `away` from the paper until text in it can be read.
fn readable_on(colour: Rgb, paper: Rgb, away: Rgb, wanted: f32) -> Rgb {
    let steps = (0..=20u8).map(|s| mix(colour, away, f32::from(s) / 20.0));
    steps.into_iter().find(|c| contrast(*c, paper) >= wanted).unwrap_or(away)
}

/// WCAG 2.2's contrast ratio.
fn contrast(a: Rgb, b: Rgb) -> f32 {
    let luminance = |c: Rgb| {
        let [r, g, b] = c.map(|v| if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (x, y) = (luminance(a), luminance(b));
    (x.max(y) + 0.05) / (x.min(y) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_accent_can_be_read_on_both_papers() {
        for accent in ["#ffee00", "#000000", "#ffffff", "#1677ff", "#0b6e5b", "#ff3355"] {
            let colour = parse(accent).unwrap();
            let (light, dark) =
                (readable_on(colour, LIGHT_PAPER, BLACK, READABLE), readable_on(colour, DARK_PAPER, WHITE, BRIGHT));
            assert!(contrast(light, LIGHT_PAPER) >= READABLE, "{accent}");
            assert!(contrast(dark, DARK_PAPER) >= READABLE, "{accent}");
        }
    }

    #[test]
    fn a_readable_accent_stays_as_it_is() {
        assert_eq!(hex(readable_on(parse("#0b6e5b").unwrap(), LIGHT_PAPER, BLACK, READABLE)), "#0b6e5b");
    }

    #[test]
    fn what_is_no_colour_is_no_theme() {
        for text in ["red", "#fff", "#12345g", "#1234é", "}body{"] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
