//! The roots that programs trust which bring their own: those of the file that `SSL_CERT_FILE` names, read at run time.

use std::sync::LazyLock;

use pki_types::pem::PemObject;
use pki_types::{CertificateDer, TrustAnchor};

/// The roots, under the name that the published crate has for them.
pub static TLS_SERVER_ROOTS: LazyLock<Vec<TrustAnchor<'static>>> = LazyLock::new(|| {
    let path = std::env::var_os("SSL_CERT_FILE").expect("SSL_CERT_FILE names the authority");
    let certificates = CertificateDer::pem_file_iter(path).expect("the authority can be read");
    let anchor = |der: CertificateDer<'_>| webpki::anchor_from_trusted_cert(&der).map(|it| it.to_owned());
    certificates.map(|it| anchor(it.expect("a certificate")).expect("a root")).collect()
});
