import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationRequest;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationSuccessResponse;
import com.nimbusds.oauth2.sdk.device.DeviceCodeGrant;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.Tokens;
import java.net.URI;
import java.util.Map;
import net.minidev.json.JSONObject;

/**
 * A TV that knows Nimbus' oauth2-oidc-sdk and nothing of devicepass: it registers, shows a code, waits for
 * the viewer, refreshes its token, plays, and asks where it stands. It says what happens as JSON lines.
 */
public class NimbusTv {
  public static void main(String[] args) throws Exception {
    String issuer = System.getenv("ISSUER");
    var server = AuthorizationServerMetadata.resolve(new Issuer(issuer));
    var client = register(server.getRegistrationEndpointURI());

    var asked = new DeviceAuthorizationRequest(
        server.getDeviceAuthorizationEndpointURI(), client, new Scope("tv"), null);
    var shown = DeviceAuthorizationSuccessResponse.parse(asked.toHTTPRequest().send());
    tell("user_code", shown.getUserCode().getValue());

    Tokens tokens = poll(server.getTokenEndpointURI(), client, shown);
    var again = new TokenRequest(
        server.getTokenEndpointURI(), client, new RefreshTokenGrant(tokens.getRefreshToken()), null);
    var refreshed = AccessTokenResponse.parse(again.toHTTPRequest().send()).getTokens();
    AccessToken access = refreshed.getAccessToken();
    tell("refreshed", !access.getValue().equals(tokens.getAccessToken().getValue()));

    var play = request(HTTPRequest.Method.POST, issuer + "/v1/authorize", access);
    play.setHeader("content-type", "application/json");
    play.setBody("{\"resource\":\"REF30\"}");
    tell("play", play.send().getBodyAsJSONObject().get("status"));
    var session = request(HTTPRequest.Method.GET, issuer + "/v1/session", access).send();
    tell("session", session.getBodyAsJSONObject().get("status"));
  }

  private static ClientAuthentication register(URI endpoint) throws Exception {
    var device = Map.of(
        "model", "Java TV", "version", "1", "osName", "Linux", "osVersion", "6", "connectionType", "LAN");
    var body = new JSONObject(Map.of("software_statement", System.getenv("STATEMENT"), "device", device));
    var request = new HTTPRequest(HTTPRequest.Method.POST, endpoint);
    request.setHeader("content-type", "application/json");
    request.setBody(body.toJSONString());
    var client = request.send().getBodyAsJSONObject();
    return new ClientSecretBasic(
        new ClientID((String) client.get("client_id")), new Secret((String) client.get("client_secret")));
  }

  private static Tokens poll(
      URI endpoint, ClientAuthentication client, DeviceAuthorizationSuccessResponse shown) throws Exception {
    long interval = shown.getInterval();
    while (true) {
      Thread.sleep(interval * 1000);
      var request = new TokenRequest(endpoint, client, new DeviceCodeGrant(shown.getDeviceCode()), null);
      var response = TokenResponse.parse(request.toHTTPRequest().send());
      if (response.indicatesSuccess()) return response.toSuccessResponse().getTokens();
      String code = response.toErrorResponse().getErrorObject().getCode();
      if (code.equals("slow_down")) interval += 5;
      else if (!code.equals("authorization_pending")) throw new IllegalStateException(code);
    }
  }

  private static HTTPRequest request(HTTPRequest.Method method, String url, AccessToken token)
      throws Exception {
    var request = new HTTPRequest(method, URI.create(url));
    request.setAuthorization(token.toAuthorizationHeader());
    return request;
  }

  private static void tell(String name, Object value) {
    System.out.println(new JSONObject(Map.of(name, value)).toJSONString());
  }
}
