//! Compression ahead of time: the server sends these bytes as they are.

use std::io::Write;

use anyhow::Result;

/// How much time to spend.
#[derive(Clone, Copy)]
pub(crate) enum Effort {
    /// For what is downloaded: the smallest.
    Smallest,
    /// For tests: quickly.
    Quick,
}

/// Brotli.
pub(crate) fn brotli(bytes: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let quality = match effort {
        Effort::Smallest => 11,
        Effort::Quick => 3,
    };
    let mut out = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut out, &parameters)?;
    Ok(out)
}

/// Gzip, for the few who cannot read brotli.
pub(crate) fn gzip(bytes: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let level = match effort {
        Effort::Smallest => flate2::Compression::best(),
        Effort::Quick => flate2::Compression::fast(),
    };
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
