//! A local double of Adobe IMS and of one API behind it, over TLS, that checks what it is sent and records it.

mod exchange;
mod record;
mod server;
mod token;

use std::path::PathBuf;

use jsonwebtoken::DecodingKey;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rsa::RsaPrivateKey;
use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};

pub(crate) use record::{Endpoint, Form, Record};
pub(crate) use server::Ims;

/// The host that the programs know as Adobe IMS.
pub(crate) const IMS_HOST: &str = "ims-na1.adobelogin.com";
/// The credential of every program.
pub(crate) const CLIENT_ID: &str = "0a1b2c3d4e5f46789abcdef012345678";
/// The secret that the double accepts.
pub(crate) const CLIENT_SECRET: &str = "p8e-placeholder-secret";
/// A secret that it does not.
pub(crate) const WRONG_SECRET: &str = "p8e-mistyped-secret";
/// The organization, which is the issuer of the assertion.
pub(crate) const ORG_ID: &str = "1234567890ABCDEF12345678@AdobeOrg";
/// The technical account, which is the subject of the assertion.
pub(crate) const TECHNICAL_ACCOUNT: &str = "ABCDEF1234567890ABCDEF12@techacct.adobe.com";
/// How long a token lives, in seconds; the exchange says it in milliseconds.
pub(crate) const LIFETIME: u64 = 86_399;

/// What all doubles share: the authority of their certificates and the key pair of the credential, made anew each time.
pub(crate) struct World {
    /// The private key of the credential, in PKCS#8.
    pub(crate) private_key: String,
    /// The file that holds the certificate of the test authority.
    pub(crate) authority_file: PathBuf,
    verifying_key: DecodingKey,
    server_chain: String,
    server_key: String,
    // Holds `authority_file` until the end of the run.
    _folder: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let private = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
        let public = private.to_public_key().to_public_key_pem(LineEnding::LF).unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "conformance test authority");
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let hosts = [IMS_HOST, "ims-na1-stg1.adobelogin.com", "*.adobe.io"].map(str::to_owned).to_vec();
        let mut params = CertificateParams::new(hosts).unwrap();
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&key, &authority).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let authority_file = folder.path().join("authority.pem");
        std::fs::write(&authority_file, authority.pem()).unwrap();
        Self {
            private_key: private.to_pkcs8_pem(LineEnding::LF).unwrap().to_string(),
            authority_file,
            verifying_key: DecodingKey::from_rsa_pem(public.as_bytes()).unwrap(),
            server_chain: certificate.pem(),
            server_key: key.serialize_pem(),
            _folder: folder,
        }
    }
}
