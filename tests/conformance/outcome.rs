//! What a run of a program did, and what it has to have done.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use regex::Regex;

use crate::case::{Case, Lifetime, Unit};
use crate::ims::{CLIENT_ID, CLIENT_SECRET, Endpoint, Form, LIFETIME, ORG_ID, Record};

/// How far a computed lifetime may be off.
const TOLERANCE: Duration = Duration::from_secs(2);

/// A finished run.
pub(crate) struct Outcome {
    /// Its exit status.
    pub(crate) status: Option<i32>,
    /// What it printed.
    pub(crate) stdout: String,
    /// What it said on standard error.
    pub(crate) stderr: String,
    /// What the double was asked.
    pub(crate) records: Vec<Record>,
}

impl Outcome {
    /// Everything about the run, for a failed assertion.
    pub(crate) fn describe(&self) -> String {
        let asked: Vec<String> = self.records.iter().map(|it| format!("{} → {}", it.line, it.status)).collect();
        let (status, stdout, stderr) = (self.status, &self.stdout, &self.stderr);
        format!("status {status:?}\nasked {asked:?}\n--- stdout\n{stdout}--- stderr\n{stderr}")
    }

    fn to(&self, wanted: impl Fn(Endpoint) -> bool) -> Vec<&Record> {
        self.records.iter().filter(|it| wanted(it.endpoint)).collect()
    }

    /// The output with what differs between runs named instead: the token, and the lifetime where the case shows it.
    pub(crate) fn masked(&self, case: &Case) -> Result<String, String> {
        let tokens = self.records.iter().filter_map(|it| it.token.clone());
        let mut res = tokens.fold(self.stdout.clone(), |text, token| text.replace(&token, "<token>"));
        if let Some(lifetime) = &case.lifetime {
            let pattern = Regex::new(&lifetime.pattern).map_err(|error| format!("lifetime.pattern: {error}"))?;
            if let Some(found) = pattern.captures(&res.clone()).and_then(|it| it.get(1)) {
                res.replace_range(found.range(), "<lifetime>");
            }
        }
        Ok(res)
    }

    /// A successful run of the old program: one valid exchange.
    pub(crate) fn exchanged(&self, case: &Case) -> Result<(), String> {
        let exchanges = self.to(|it| it == Endpoint::Exchange);
        let tokens = self.to(|it| matches!(it, Endpoint::Token(_)));
        let valid = exchanges.len() == 1 && exchanges.iter().all(|it| it.status == 200) && tokens.is_empty();
        if !valid {
            return Err("the old program does not make one valid exchange".to_owned());
        }
        self.finished(case)
    }

    /// A successful run of the migrated program: one request to the token endpoint, as Adobe documents it.
    pub(crate) fn asked_for_token(&self, case: &Case) -> Result<(), String> {
        if !self.to(|it| it == Endpoint::Exchange).is_empty() {
            return Err("the migrated program still asks the exchange".to_owned());
        }
        let tokens = self.to(|it| matches!(it, Endpoint::Token(_)));
        let [request] = tokens.as_slice() else {
            return Err(format!("{} requests for a token, one is wanted", tokens.len()));
        };
        let sdk = case.client_id_in_query;
        let mut fields = request.fields.clone();
        fields.extend(request.query.iter().filter(|_| sdk).cloned());
        // RFC 6749, section 3.2: parameters sent without a value count as omitted. The library behind passport-oauth2
        // sends such a `code` with every grant.
        fields.retain(|it| !it.1.is_empty());
        fields.sort();
        let text = |it: &str| it.to_owned();
        let mut wanted = vec![
            (text("client_id"), text(CLIENT_ID)),
            (text("client_secret"), text(CLIENT_SECRET)),
            (text("grant_type"), text("client_credentials")),
            (text("scope"), case.scope.clone()),
        ];
        // Adobe's own library asks the older version, with the organization, by a form in parts.
        let (path, form) = match case.pattern.as_deref() {
            Some("aio-lib-ims") => {
                wanted.push((text("org_id"), text(ORG_ID)));
                ("/ims/token/v2", Form::Multipart)
            }
            _ => (case.token.as_str(), Form::Urlencoded),
        };
        wanted.sort();
        if request.line != format!("POST {path}") || request.form != form || fields != wanted {
            return Err(format!("{} with {:?} {fields:?}", request.line, request.form));
        }
        if !(request.query.is_empty() || sdk) || request.authorization.is_some() {
            return Err("the credentials are sent outside of the body too".to_owned());
        }
        self.finished(case)
    }

    fn finished(&self, case: &Case) -> Result<(), String> {
        if self.status != Some(0) {
            return Err("the program fails".to_owned());
        }
        let calls = self.to(|it| it == Endpoint::Api);
        if calls.len() != case.calls || calls.iter().any(|it| it.status != 200) {
            return Err(format!("{} calls of the API, {} good ones are wanted", calls.len(), case.calls));
        }
        if self.records.iter().any(|it| it.endpoint == Endpoint::Unknown) {
            return Err("something else is asked too".to_owned());
        }
        case.lifetime.as_ref().map_or(Ok(()), |it| self.lifetime_is_right(it))
    }

    fn lifetime_is_right(&self, lifetime: &Lifetime) -> Result<(), String> {
        let pattern = Regex::new(&lifetime.pattern).map_err(|error| format!("lifetime.pattern: {error}"))?;
        let printed = pattern.captures(&self.stdout).and_then(|it| it.get(1));
        let printed = printed.ok_or("the lifetime is not printed")?.as_str();
        let granted = self.records.iter().find(|it| it.token.is_some()).ok_or("no token was granted")?.at;
        let since = |at: SystemTime| at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let number = || printed.parse::<f64>().map_err(|_| format!("{printed} is no number"));
        let left = match lifetime.unit {
            Unit::Epoch => number()? - since(granted),
            Unit::EpochMs => number()? / 1000.0 - since(granted),
            Unit::Seconds => number()?,
            Unit::Milliseconds => number()? / 1000.0,
            Unit::Iso => epoch_of(printed).ok_or_else(|| format!("{printed} is no date"))? - since(granted),
        };
        let off = (left - LIFETIME as f64).abs();
        match off <= TOLERANCE.as_secs_f64() {
            true => Ok(()),
            false => Err(format!("the program computes a lifetime of {left} s, {LIFETIME} s are granted")),
        }
    }
}

/// Seconds since 1970 of a date `2026-01-31T12:00:00` in UTC.
fn epoch_of(text: &str) -> Option<f64> {
    let numbers: Vec<i64> = text.split(|it: char| !it.is_ascii_digit()).filter_map(|it| it.parse().ok()).collect();
    let [year, month, day, hour, minute, second, ..] = numbers.as_slice() else { return None };
    // Days since 1970 in the proleptic Gregorian calendar, with years that begin in March.
    let (year, month) = if *month > 2 { (*year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    Some((days * 86_400 + hour * 3600 + minute * 60 + second) as f64)
}
