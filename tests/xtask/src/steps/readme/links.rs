//! Links between the project's files lead somewhere.

use std::path::Path;

/// A finding for every link in `text` to a file that does not exist, seen from `file`.
pub(crate) fn broken<'a>(file: &Path, text: &'a str) -> impl Iterator<Item = String> + 'a {
    let folder = file.parent().unwrap_or_else(|| Path::new("")).to_owned();
    targets(text)
        .filter(move |target| !folder.join(target).exists())
        .map(|target| format!("the link to `{target}` leads nowhere"))
}

/// Paths that the text links to, without web addresses and places within a page.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let paths = links.filter_map(|link| link.split('#').next());
    paths.filter(|path| !path.is_empty() && !path.contains("://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_and_anchors_are_not_paths() {
        let text = "[a](docs/a.md#b) [c](https://example.org/x) [d](#here) [e](f)";
        assert_eq!(targets(text).collect::<Vec<_>>(), ["docs/a.md", "f"]);
    }

    #[test]
    fn a_link_to_a_missing_file_is_found() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
        let found: Vec<String> = broken(&here, "[x](Cargo.toml) [y](nothing.md)").collect();
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("nothing.md"), "{found:?}");
    }
}
