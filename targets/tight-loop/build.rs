//! Works out the rates of the controller's layers, so that its image has neither logarithm nor division
//! for them.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "controller")]
    controller::prepare()?;
    Ok(())
}

#[cfg(feature = "controller")]
mod controller {
    use pandia_core::noise::{DepolarizingRates, LeakageRates};
    use pandia_core::units::Probability;
    use std::env;
    use std::error::Error;
    use std::fs;
    use std::path::PathBuf;

    /// Writes `prepared.rs`: for each simulator the words of its two layers.
    pub(super) fn prepare() -> Result<(), Box<dyn Error>> {
        let vector = words("VECTOR", [0.02, 0.05, 0.02, 0.0], [0.01, 0.02])?;
        let tableau = words("TABLEAU", [0.002, 0.004, 0.002, 0.0], [0.0005, 0.001])?;
        let folder = PathBuf::from(env::var("OUT_DIR")?);
        fs::write(folder.join("prepared.rs"), vector + &tableau)?;
        Ok(())
    }

    fn words(
        name: &str,
        [p_1q, p_2q, p_meas, p_init]: [f64; 4],
        [p_leak_1q, p_leak_2q]: [f64; 2],
    ) -> Result<String, Box<dyn Error>> {
        let noise = DepolarizingRates {
            p_1q: Probability::new(p_1q)?,
            p_2q: Probability::new(p_2q)?,
            p_meas: Probability::new(p_meas)?,
            p_init: Probability::new(p_init)?,
        };
        let leaks = LeakageRates {
            p_leak_1q: Probability::new(p_leak_1q)?,
            p_leak_2q: Probability::new(p_leak_2q)?,
            p_spread: Probability::ZERO,
            p_seep: Probability::new(0.5)?,
            leak_measurement_bias: Probability::new(0.5)?,
            depolarizes_partners: false,
        };
        let (noise, leaks) = (noise.prepare()?, leaks.prepare()?);
        Ok(format!(
            "static {name}: Prepared = Prepared {{ noise: {noise:?}, leaks: {leaks:?} }};\n"
        ))
    }
}
