//! Pages of reports in a real browser: their pictures have content, and their words are not cut off.
//!
//! Needs Chromium, which `cargo xtask test --only reports` gets where it is missing.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Measures what the page shows, and writes that in place of the page.
const MEASURE: &str = r#"<script>
const box = e => { const b = e.getBBox(); return [b.x, b.y, b.width, b.height]; };
const all = [...document.querySelectorAll("svg")].map(svg => ({
  title: svg.getAttribute("aria-label"),
  width: svg.viewBox.baseVal.width,
  height: svg.viewBox.baseVal.height,
  shown: svg.getBoundingClientRect().height,
  bars: [...svg.querySelectorAll(".bar")].map(box),
  words: [...svg.querySelectorAll("text:not([transform])")].map(e => [e.textContent, ...box(e)]),
}));
document.body.textContent = "MEASURED" + JSON.stringify(all) + "MEASURED";
</script>"#;

/// Without a place for its own files, so that nothing of the user's is touched.
fn chromium(folder: &Path, arguments: &[&str]) -> String {
    let program = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    let mut command = Command::new(&program);
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]);
    command.arg(format!("--user-data-dir={}", folder.join("browser").display()));
    let ran = command.args(arguments).output();
    let ran = ran.unwrap_or_else(|e| panic!("{program} cannot be started: {e}; CHROMIUM names it"));
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

fn pandia(folder: &Path, arguments: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pandia"));
    let ran = command.current_dir(folder).args(arguments.split_whitespace()).output().unwrap();
    assert!(ran.status.success(), "{arguments}: {}", String::from_utf8_lossy(&ran.stderr));
}

/// The pages of a run with every kind of noise.
fn pages(folder: &Path) {
    let ghz = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ghz.qasm");
    fs::copy(ghz, folder.join("ghz.qasm")).unwrap();
    pandia(
        folder,
        "run ghz.qasm --shots 500 --noise depolarizing:p_1q=0.1,p_2q=0.05,p_meas=0.02 \
         --noise readout:p_1_given_0=0.05,p_0_given_1=0.1 \
         --noise leakage:p_leak_2q=0.05,p_seep=0.2,p_spread=0.1 \
         --runtime simple:duration_1q_ns=50,duration_2q_ns=200,duration_measure_ns=1000 \
         --trace t.ptrace --trace-time",
    );
    for about in ["noise", "perf"] {
        pandia(folder, &format!("report {about} t.ptrace --html {about}.html"));
    }
}

/// What the browser measures of a page.
fn measured(folder: &Path, about: &str) -> Vec<Value> {
    let page = fs::read_to_string(folder.join(format!("{about}.html"))).unwrap();
    // The page forbids scripts; a copy does not.
    let (before, policy) = page.split_once("<meta http-equiv=\"Content-Security-Policy\"").unwrap();
    let (_, after) = policy.split_once(">\n").unwrap();
    let copy = format!("{before}{after}").replace("</body>", &format!("{MEASURE}</body>"));
    let file = folder.join(format!("{about}-measured.html"));
    fs::write(&file, copy).unwrap();
    let dom = chromium(folder, &["--dump-dom", &format!("file://{}", file.display())]);
    let json = dom.rsplit("MEASURED").nth(1).unwrap();
    let json = json.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    serde_json::from_str(&json).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().filter_map(Value::as_f64).collect()
}

#[test]
#[ignore = "needs Chromium: cargo xtask test --only reports"]
fn pictures_have_bars_and_whole_words() {
    let folder = tempfile::tempdir().unwrap();
    pages(folder.path());
    for (about, wanted) in [
        (
            "noise",
            &[
                "All together",
                "Pauli errors by gate",
                "Misreads by qubit",
                "Leaked qubits over the time of a shot",
                "Idle time by qubit",
            ][..],
        ),
        (
            "perf",
            &[
                "Where the time goes",
                "Time of a call by boundary",
                "Batch sizes at leakage > state_vector",
                "Time by operation at leakage > state_vector",
            ],
        ),
    ] {
        let pictures = measured(folder.path(), about);
        for title in wanted {
            assert!(pictures.iter().any(|one| one["title"] == *title), "{about} lacks {title}");
        }
        for picture in &pictures {
            let title = &picture["title"];
            let [width, height, shown] =
                ["width", "height", "shown"].map(|key| picture[key].as_f64().unwrap());
            assert!(shown > 50.0, "{title} is not shown");
            let bars: Vec<Vec<f64>> =
                picture["bars"].as_array().unwrap().iter().map(numbers).collect();
            let filled = bars.iter().filter(|bar| bar[2] > 2.0 && bar[3] > 1.0).count();
            assert!(filled > 0, "{about}: {title} has no bar of any size: {bars:?}");
            for word in picture["words"].as_array().unwrap() {
                let place = numbers(word);
                let inside = place[0] >= 0.0
                    && place[1] >= 0.0
                    && place[0] + place[2] <= width
                    && place[1] + place[3] <= height;
                assert!(inside, "{about}: {title}: {word} is cut off");
            }
        }
    }
}

/// The share of pixels that are blue, and of those that are not white.
fn painted(file: &Path) -> (f64, f64) {
    let decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(file).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    let channels = frame.color_type.samples();
    let all = pixels[..frame.buffer_size()].chunks(channels);
    let (mut blue, mut dark, mut count) = (0_u32, 0_u32, 0_u32);
    for pixel in all {
        count += 1;
        dark += u32::from(pixel[..3].iter().any(|&value| value < 200));
        blue += u32::from(pixel[2] > pixel[0].saturating_add(80));
    }
    (f64::from(blue) / f64::from(count), f64::from(dark) / f64::from(count))
}

#[test]
#[ignore = "needs Chromium: cargo xtask test --only reports"]
fn a_page_is_painted_as_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    pages(folder.path());
    fs::write(folder.path().join("blank.html"), "<!doctype html><body></body>").unwrap();
    for (about, is_blank) in [("noise", false), ("perf", false), ("blank", true)] {
        let picture = folder.path().join(format!("{about}.png"));
        let page = format!("file://{}", folder.path().join(format!("{about}.html")).display());
        let screenshot = format!("--screenshot={}", picture.display());
        chromium(folder.path(), &["--window-size=1020,2000", &screenshot, &page]);
        let (blue, dark) = painted(&picture);
        assert_eq!(blue < 0.005, is_blank, "{about}: {blue} of the pixels are blue");
        assert_eq!(dark < 0.01, is_blank, "{about}: {dark} of the pixels are not light");
    }
}
