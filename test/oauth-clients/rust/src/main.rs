//! A TV that knows the crate oauth2 and nothing of devicepass: it registers, shows a code, waits for
//! the viewer, refreshes its token, plays, and asks where it stands. It says what happens as JSON lines.

use std::{env, error::Error, thread, time::Duration};

use oauth2::basic::BasicClient;
use oauth2::{
    ClientId, ClientSecret, DeviceAuthorizationUrl, HttpRequest, HttpResponse, Scope,
    StandardDeviceAuthorizationResponse, TokenResponse, TokenUrl,
};
use serde_json::{json, Value};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let issuer = env::var("ISSUER")?;
    let server: Value = get(&format!("{issuer}/.well-known/oauth-authorization-server"), None)?;
    let client = register(text(&server, "registration_endpoint"))?;

    let tv = BasicClient::new(ClientId::new(text(&client, "client_id").into()))
        .set_client_secret(ClientSecret::new(text(&client, "client_secret").into()))
        .set_token_uri(TokenUrl::new(text(&server, "token_endpoint").into())?)
        .set_device_authorization_url(DeviceAuthorizationUrl::new(
            text(&server, "device_authorization_endpoint").into(),
        )?);
    let shown: StandardDeviceAuthorizationResponse = tv
        .exchange_device_code()
        .add_scope(Scope::new("tv".into()))
        .request(&send)?;
    tell("user_code", json!(shown.user_code().secret()));

    let minute = Some(Duration::from_secs(60));
    let token = tv.exchange_device_access_token(&shown).request(&send, thread::sleep, minute)?;
    let refresh = token.refresh_token().ok_or("no refresh token")?;
    let refreshed = tv.exchange_refresh_token(refresh).request(&send)?;
    let access = refreshed.access_token().secret();
    tell("refreshed", json!(access != token.access_token().secret()));

    let play = minreq::post(format!("{issuer}/v1/authorize"))
        .with_header("authorization", format!("Bearer {access}"))
        .with_header("content-type", "application/json")
        .with_body(r#"{"resource":"REF30"}"#)
        .send()?;
    tell("play", serde_json::from_slice::<Value>(play.as_bytes())?["status"].clone());
    tell("session", get(&format!("{issuer}/v1/session"), Some(access))?["status"].clone());
    Ok(())
}

fn register(endpoint: &str) -> Outcome<Value> {
    let metadata = json!({
        "software_statement": env::var("STATEMENT")?,
        "device": {
            "model": "Rust TV", "version": "1", "osName": "Linux", "osVersion": "6", "connectionType": "LAN"
        }
    });
    let answer = minreq::post(endpoint)
        .with_header("content-type", "application/json")
        .with_body(metadata.to_string())
        .send()?;
    Ok(serde_json::from_slice(answer.as_bytes())?)
}

/// How the crate sends, here without TLS, which would take minutes to compile.
fn send(request: HttpRequest) -> Result<HttpResponse, minreq::Error> {
    let mut sent = minreq::post(request.uri().to_string()).with_body(request.body().clone());
    for (name, value) in request.headers() {
        sent = sent.with_header(name.as_str(), value.to_str().unwrap_or_default());
    }
    let answer = sent.send()?;
    let mut response = HttpResponse::new(answer.as_bytes().to_vec());
    *response.status_mut() = (answer.status_code as u16).try_into().unwrap_or_default();
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<oauth2::http::HeaderName>(), value.parse()) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

fn get(url: &str, token: Option<&str>) -> Outcome<Value> {
    let mut request = minreq::get(url);
    if let Some(token) = token {
        request = request.with_header("authorization", format!("Bearer {token}"));
    }
    Ok(serde_json::from_slice(request.send()?.as_bytes())?)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn tell(name: &str, value: Value) {
    println!("{}", json!({ name: value }));
}
