//! Sets what the queue's sources ask for.

fn main() {
    println!("cargo::rustc-cfg=loom");
    if std::env::var_os("CARGO_FEATURE_RACY").is_some() {
        println!("cargo::rustc-cfg=pandia_racy");
    }
}
