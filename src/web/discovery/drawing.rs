//! From SVG to PNG, with the fonts of this machine.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{ImageHrefResolver, Options, Tree};
use skrifa::{FontRef, MetadataProvider as _};
use tokio::sync::Semaphore;

/// Families that are asked first for a text that they can write; any other that can comes after.
const PREFERRED: [&str; 9] = [
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans SC",
    "WenQuanYi Zen Hei",
    "Noto Sans",
    "DejaVu Sans",
    "Liberation Sans",
];

/// A drawing takes a tenth of a second of one core; requests must not take all of them.
static AT_ONCE: Semaphore = Semaphore::const_new(1);

/// The machine's fonts; read when first needed, which takes a tenth of a second and maps the files into memory.
static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_system_fonts();
    Arc::new(fonts)
});

/// Runs a drawing away from the threads that answer requests, one at a time.
pub(crate) async fn in_the_background<T: Send + 'static>(
    draw: impl FnOnce() -> Option<T> + Send + 'static,
) -> Option<T> {
    let _turn = AT_ONCE.acquire().await.ok()?;
    tokio::task::spawn_blocking(draw).await.ok().flatten()
}

/// Returns a family that has every character of a text; none on a machine without one.
pub(crate) fn family_for(text: &str) -> Option<String> {
    let mut characters: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    characters.sort_unstable();
    characters.dedup();
    let mut faces: Vec<_> = FONTS
        .faces()
        .filter_map(|face| {
            let (name, _) = face.families.first()?;
            // The last resort of some systems draws a box for every character.
            let rank = PREFERRED.iter().position(|p| p == name).unwrap_or(PREFERRED.len());
            let plain = !name.contains("Mono") && !name.contains("Serif") && !name.contains("Emoji");
            (!name.contains("LastResort")).then_some((rank, !plain, name.as_str(), face.id))
        })
        .collect();
    faces.sort_unstable();
    faces.into_iter().find(|(.., id)| has_all(*id, &characters)).map(|(_, _, name, _)| name.to_owned())
}

fn has_all(face: resvg::usvg::fontdb::ID, characters: &[char]) -> bool {
    let check = |data: &[u8], index: u32| {
        FontRef::from_index(data, index).is_ok_and(|font| {
            let map = font.charmap();
            characters.iter().all(|c| map.map(*c).is_some_and(|glyph| glyph.to_u32() != 0))
        })
    };
    FONTS.with_face_data(face, check).unwrap_or(false)
}

/// Draws an SVG of `width` by `height` as a PNG; none where it is no SVG that can be drawn.
pub(crate) fn png(svg: &str, width: u32, height: u32) -> Option<Vec<u8>> {
    let tree = Tree::from_str(svg, &options()).ok()?;
    let (x, y) = (width as f32 / tree.size().width(), height as f32 / tree.size().height());
    let mut canvas = Pixmap::new(width, height)?;
    resvg::render(&tree, Transform::from_scale(x, y), &mut canvas.as_mut());
    canvas.encode_png().ok()
}

/// Draws an SVG of any shape in the middle of a square.
pub(crate) fn square(svg: &str, side: u32) -> Option<Vec<u8>> {
    let tree = Tree::from_str(svg, &options()).ok()?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let scale = side as f32 / width.max(height);
    let place = Transform::from_scale(scale, scale)
        .post_translate((side as f32 - width * scale) / 2.0, (side as f32 - height * scale) / 2.0);
    let mut canvas = Pixmap::new(side, side)?;
    resvg::render(&tree, place, &mut canvas.as_mut());
    canvas.encode_png().ok()
}

fn options() -> Options<'static> {
    Options {
        fontdb: Arc::clone(&FONTS),
        // A logo is content: it must not have the server read files.
        image_href_resolver: ImageHrefResolver {
            resolve_string: Box::new(|_, _| None),
            ..ImageHrefResolver::default()
        },
        ..Options::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_drawing_is_no_picture() {
        assert_eq!(png("<p>", 10, 10), None);
        let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1"><rect width="2" height="1"/></svg>"#;
        assert!(square(svg, 8).unwrap().starts_with(b"\x89PNG"));
    }

    #[test]
    fn no_font_has_a_character_that_nobody_assigned() {
        assert_eq!(family_for("\u{10ffff}"), None);
    }
}
