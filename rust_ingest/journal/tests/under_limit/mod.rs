//! An ignored test of this program run once more, in a process whose files may not grow: what stands in for a full disk.

use std::process::Command;

/// How large a file may get: what `ulimit -f 64` allows, in the 1,024 bytes that bash counts by.
pub const FILE_BYTES: usize = 65_536;

/// What a test says at its end: of no test at all a process says that it passed, too.
const SAID: &str = "passed under the limit";

/// Sees it pass.
pub fn passes(test: &str) {
    // The signal that goes with the limit is ignored, as it never comes with a disk.
    let limited = "trap '' XFSZ; ulimit -f 64; exec \"$@\"";
    let run = Command::new("bash")
        .args(["-c", limited, "bash"])
        .arg(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", test])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(
        run.status.success() && said.contains(SAID),
        "{said}{}",
        String::from_utf8_lossy(&run.stderr)
    );
}

/// The test's last line.
pub fn passed() {
    println!("{SAID}");
}
