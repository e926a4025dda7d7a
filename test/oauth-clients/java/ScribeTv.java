import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.scribejava.core.builder.ServiceBuilder;
import com.github.scribejava.core.builder.api.DefaultApi20;
import com.github.scribejava.core.httpclient.HttpClientConfig;
import com.github.scribejava.core.model.OAuthRequest;
import com.github.scribejava.core.model.Verb;
import com.github.scribejava.core.oauth.OAuth20Service;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

/** The same with ScribeJava, which asks for a scope and polls by itself. */
public class ScribeTv {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    String issuer = System.getenv("ISSUER");
    var http = HttpClient.newHttpClient();
    var asked = HttpRequest.newBuilder(URI.create(issuer + "/.well-known/oauth-authorization-server"));
    var server = JSON.readTree(http.send(asked.build(), BodyHandlers.ofString()).body());
    var client = register(http, server.get("registration_endpoint").asText());

    try (OAuth20Service tv = new ServiceBuilder(client.get("client_id").asText())
        .apiSecret(client.get("client_secret").asText())
        .defaultScope("tv")
        .build(new Gateway(server))) {
      var shown = tv.getDeviceAuthorizationCodes();
      tell("user_code", shown.getUserCode());
      var token = tv.pollAccessTokenDeviceAuthorizationGrant(shown);
      var refreshed = tv.refreshAccessToken(token.getRefreshToken());
      tell("refreshed", !refreshed.getAccessToken().equals(token.getAccessToken()));

      var play = new OAuthRequest(Verb.POST, issuer + "/v1/authorize");
      play.addHeader("content-type", "application/json");
      play.setPayload("{\"resource\":\"REF30\"}");
      var session = new OAuthRequest(Verb.GET, issuer + "/v1/session");
      for (var request : Map.of("play", play, "session", session).entrySet()) {
        tv.signRequest(refreshed, request.getValue());
        tell(request.getKey(), status(tv.execute(request.getValue()).getBody()));
      }
    }
  }

  private static JsonNode register(HttpClient http, String endpoint) throws Exception {
    var device = Map.of(
        "model", "Java TV", "version", "1", "osName", "Linux", "osVersion", "6", "connectionType", "LAN");
    var body = Map.of("software_statement", System.getenv("STATEMENT"), "device", device);
    var request = HttpRequest.newBuilder(URI.create(endpoint))
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
        .build();
    return JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
  }

  private static String status(String body) throws Exception {
    return JSON.readTree(body).get("status").asText();
  }

  private static void tell(String name, Object value) throws Exception {
    System.out.println(JSON.writeValueAsString(Map.of(name, value)));
  }

  private static class Gateway extends DefaultApi20 {
    private final JsonNode server;

    Gateway(JsonNode server) {
      this.server = server;
    }

    /** The library sends no secret to the device authorization endpoint by itself. */
    @Override
    public OAuth20Service createService(
        String apiKey, String apiSecret, String callback, String defaultScope, String responseType,
        OutputStream debug, String userAgent, HttpClientConfig config,
        com.github.scribejava.core.httpclient.HttpClient client) {
      return new OAuth20Service(
          this, apiKey, apiSecret, callback, defaultScope, responseType, debug, userAgent, config, client) {
        @Override
        protected OAuthRequest createDeviceAuthorizationCodesRequest(String scope) {
          var request = super.createDeviceAuthorizationCodesRequest(scope);
          getClientAuthentication().addClientAuthentication(request, apiKey, apiSecret);
          return request;
        }
      };
    }

    @Override
    public String getAccessTokenEndpoint() {
      return server.get("token_endpoint").asText();
    }

    @Override
    protected String getAuthorizationBaseUrl() {
      return "";
    }

    @Override
    public String getDeviceAuthorizationEndpoint() {
      return server.get("device_authorization_endpoint").asText();
    }
  }
}
