//! Programs made from a grammar of the shapes that real code has. Whatever `fix` lets through must parse, name nothing
//! that is not bound, and leave nothing unused: a linter that knows nothing of the tool says so.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::runtime::Runtime;
use crate::steps::tool;

/// How many programs are made.
const PROGRAMS: usize = 250;
/// How many of a hundred must be migrated, so that the property says something.
const MIGRATED: usize = 90;

/// One choice for each part of a program.
#[derive(Debug, Clone)]
struct Program {
    signer: usize,
    claims: usize,
    key: usize,
    transport: usize,
    url: usize,
    refusal: usize,
    reply: usize,
    shape: usize,
    helper: bool,
}

const SIGNERS: &[(&str, &str)] = &[
    ("import jwt", "jwt.encode(claims, key, algorithm=\"RS256\")"),
    ("import jwt", "jwt.encode(claims, key, algorithm='RS256').decode('utf-8')"),
    ("from jose import jwt as jose_jwt", "jose_jwt.encode(claims, key, algorithm=\"RS256\")"),
    ("from authlib.jose import jwt", "jwt.encode({\"alg\": \"RS256\"}, claims, key)"),
    ("import jwt as pyjwt", "str(pyjwt.encode(claims, key, 'RS256'))"),
];

const CLAIMS: &[&str] = &[
    "claims = {\n    \"exp\": int(time.time()) + 300,\n    \"iss\": ORG,\n    \"sub\": ACCOUNT,\n    \"aud\": IMS + \"/c/\" + CLIENT_ID,\n    IMS + \"/s/ent_user_sdk\": True,\n}",
    "claims = {\"iss\": ORG, \"sub\": ACCOUNT}\nclaims[\"exp\"] = int(time.time()) + 60\nclaims[\"aud\"] = f\"{IMS}/c/{CLIENT_ID}\"\nclaims[f\"{IMS}/s/ent_user_sdk\"] = True",
    "claims = dict(iss=ORG, sub=ACCOUNT, exp=round(time.time()) + 600, aud=\"%s/c/%s\" % (IMS, CLIENT_ID))\nclaims.update({IMS + \"/s/\" + name: True for name in (\"ent_user_sdk\",)})",
];

const KEYS: &[&str] = &[
    "with open(\"private.key\") as handle:\n    key = handle.read()",
    "key = open(\"private.key\", \"rb\").read()",
    "key = os.environ[\"ADOBE_PRIVATE_KEY\"].replace(\"\\\\n\", \"\\n\")",
];

const URLS: &[&str] = &[
    "\"https://ims-na1.adobelogin.com/ims/exchange/jwt\"",
    "IMS + \"/ims/exchange/jwt/\"",
    "f\"{IMS}/ims/exchange/v1/jwt\"",
    "\"/\".join([IMS, \"ims/exchange/jwt\"])",
    "\"{}/ims/exchange/jwt\".format(IMS)",
];

/// Import, statements that make the request, how the body of the reply is read, whether it is awaited.
const TRANSPORTS: &[(&str, &str, &str, bool)] = &[
    ("import requests", "response = requests.post(URL, data=FORM)", "response.json()", false),
    ("import requests", "response = requests.post(URL, params=FORM, timeout=30)", "json.loads(response.text)", false),
    ("import requests", "response = requests.request(\"POST\", URL, data=FORM)", "response.json()", false),
    ("import requests", "body = FORM\nresponse = requests.post(URL, data=body)", "response.json()", false),
    (
        "import requests",
        "with requests.Session() as http:\n    response = http.post(URL, data=FORM)",
        "response.json()",
        false,
    ),
    ("import httpx", "response = httpx.post(URL, data=FORM, timeout=10)", "response.json()", false),
    (
        "import httpx",
        "with httpx.Client(timeout=10) as http:\n    response = http.post(URL, data=FORM)",
        "response.json()",
        false,
    ),
    (
        "import httpx",
        "async with httpx.AsyncClient() as http:\n    response = await http.post(URL, data=FORM)",
        "response.json()",
        true,
    ),
    (
        "import aiohttp",
        "async with aiohttp.ClientSession() as http:\n    async with http.post(URL, data=FORM) as response:\n        reply = await response.json()",
        "reply",
        true,
    ),
    (
        "from urllib.parse import urlencode\nfrom urllib.request import Request, urlopen",
        "request = Request(URL, data=urlencode(FORM).encode())\nwith urlopen(request) as response:\n    reply = json.load(response)",
        "reply",
        false,
    ),
];

/// What is done about a refusal before the body is read; `BODY` stands for the body.
const REFUSALS: &[&str] = &[
    "",
    "response.raise_for_status()",
    "if response.status_code != 200:\n    raise RuntimeError(\"no token: \" + response.text)",
    "if not response.ok:\n    print(\"refused\", response.status_code)\n    sys.exit(2)",
    "if response.status_code >= 400:\n    return None",
    "if response.status_code != 200 and STRICT:\n    raise RuntimeError(\"no token\")",
];

/// How the body is used; `BODY` stands for it.
const REPLIES: &[&str] = &[
    "return BODY[\"access_token\"]",
    "data = BODY\nreturn data[\"access_token\"], time.time() + data[\"expires_in\"] / 1000",
    "data = BODY\nif \"error\" in data:\n    raise RuntimeError(data[\"error_description\"])\nreturn data[\"access_token\"]",
    "data = BODY\nif \"access_token\" not in data:\n    print(\"refused\", data.get(\"error\"))\n    sys.exit(3)\nreturn data.get(\"access_token\")",
    "return BODY",
    "data = BODY\nCACHE[\"token\"] = data[\"access_token\"]\nCACHE[\"until\"] = time.time() + int(data[\"expires_in\"]) // 1000\nreturn CACHE[\"token\"]",
    "try:\n    return BODY[\"access_token\"]\nexcept KeyError as missing:\n    raise RuntimeError(\"no token\") from missing",
];

fn any_program() -> impl Strategy<Value = Program> {
    (
        0..SIGNERS.len(),
        0..CLAIMS.len(),
        0..KEYS.len(),
        0..TRANSPORTS.len(),
        0..URLS.len(),
        0..REFUSALS.len(),
        0..REPLIES.len(),
        0..3_usize,
        any::<bool>(),
    )
        .prop_map(|(signer, claims, key, transport, url, refusal, reply, shape, helper)| Program {
            signer,
            claims,
            key,
            transport,
            url,
            refusal,
            reply,
            shape,
            helper,
        })
}

fn indented(text: &str, step: usize) -> String {
    let pad = " ".repeat(4 * step);
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{pad}{line}\n") }).collect()
}

impl Program {
    fn text(&self) -> String {
        let (signer, sign) = SIGNERS[self.signer];
        let (client, request, body, awaited) = TRANSPORTS[self.transport];
        let checked = request.contains("response = ") && !request.contains("as response");
        let refusal = if checked { REFUSALS[self.refusal] } else { "" };
        let making = format!("{}\n{}\n", KEYS[self.key], CLAIMS[self.claims]);
        let jwt = if self.helper { "assertion()".to_owned() } else { sign.to_owned() };
        let form = format!(
            "{{\n    \"client_id\": CLIENT_ID,\n    \"client_secret\": CLIENT_SECRET,\n    \"jwt_token\": {jwt},\n}}"
        );
        let mut inner = if self.helper { String::new() } else { making.clone() };
        inner.push_str(&format!("form = {form}\n"));
        let request = request.replace("URL", URLS[self.url]).replace("FORM", "form");
        let _ = writeln!(inner, "{request}\n{refusal}\n{}", REPLIES[self.reply].replace("BODY", body));
        let keyword = if awaited { "async def" } else { "def" };
        let mut code = String::new();
        if self.helper {
            let _ = write!(code, "def assertion():\n{}\n\n", indented(&format!("{making}return {sign}"), 1));
        }
        let call = if awaited { "asyncio.run(TOKEN)" } else { "TOKEN" };
        match self.shape {
            0 => {
                let _ = write!(code, "{keyword} token():\n{}\n\n", indented(&inner, 1));
                let _ = writeln!(code, "print({})", call.replace("TOKEN", "token()"));
            }
            1 => {
                let method = inner.replace("CLIENT_SECRET", "self.secret");
                let _ = write!(code, "class Ims:\n    def __init__(self, secret):\n        self.secret = secret\n\n");
                let _ = write!(code, "    {keyword} token(self):\n{}\n\n", indented(&method, 2));
                let _ = writeln!(code, "print({})", call.replace("TOKEN", "Ims(CLIENT_SECRET).token()"));
            }
            _ => {
                let _ = write!(code, "{keyword} token():\n{}\n\n", indented(&inner, 1));
                let _ = write!(code, "def main():\n    try:\n        print({})\n", call.replace("TOKEN", "token()"));
                code.push_str(
                    "    except (RuntimeError, KeyError) as error:\n        print(\"failed\", error)\n\n\nmain()\n",
                );
            }
        }
        let constants = "IMS = \"https://ims-na1.adobelogin.com\"\nORG = os.environ[\"ADOBE_ORG_ID\"]\nACCOUNT = os.environ[\"ADOBE_ACCOUNT\"]\n\
            CLIENT_ID = os.environ[\"ADOBE_CLIENT_ID\"]\nCLIENT_SECRET = os.environ[\"ADOBE_CLIENT_SECRET\"]\nSTRICT = True\nCACHE = {}\n";
        let standard = ["asyncio", "json", "os", "sys", "time"];
        let used = standard.iter().filter(|it| format!("{constants}{code}").contains(&format!("{it}.")));
        let imports: String = used.map(|it| format!("import {it}\n")).collect();
        format!("{imports}\n{client}\n{signer}\n\n{constants}\n\n{code}")
    }
}

/// Migrates many programs and has the linter look at the results.
pub(crate) fn prove(runtime: &dyn Runtime) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut runner = TestRunner::deterministic();
    let strategy = any_program();
    let mut programs: BTreeMap<String, Program> = BTreeMap::new();
    for number in 0..PROGRAMS {
        let program = strategy.new_tree(&mut runner).map_err(|error| error.to_string())?.current();
        programs.insert(format!("p{number:03}"), program);
    }
    let write = |path: &Path, text: &str| fs::write(path, text).map_err(|error| error.to_string());
    for (name, program) in &programs {
        let own = folder.path().join(name);
        fs::create_dir(&own).map_err(|error| error.to_string())?;
        write(&own.join("main.py"), &program.text())?;
    }
    runtime.lint(folder.path()).map_err(|why| format!("the programs are wrong themselves:\n{why}"))?;
    let mut migrated = 0;
    for (name, program) in &programs {
        let own = folder.path().join(name);
        tool(&["fix", "--write", "--include-review"], &own)?;
        let after = fs::read_to_string(own.join("main.py")).map_err(|error| error.to_string())?;
        migrated += usize::from(after != program.text());
    }
    runtime.lint(folder.path()).map_err(|why| {
        let first = why.lines().find_map(|it| it.split('/').next().filter(|it| programs.contains_key(*it)));
        let text = |name: &str| fs::read_to_string(folder.path().join(name).join("main.py")).unwrap_or_default();
        let shown = first.map(|it| format!("{:?}\n{}", programs.get(it), text(it)));
        format!("{why}\n{}", shown.unwrap_or_default())
    })?;
    match migrated * 100 >= MIGRATED * PROGRAMS {
        true => Ok(()),
        false => Err(format!("{migrated} of {PROGRAMS} programs were migrated")),
    }
}
