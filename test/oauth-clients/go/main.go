// A TV that knows golang.org/x/oauth2 and nothing of devicepass: it registers, shows a code, waits
// for the viewer, refreshes its token and asks where it stands. It says what happens as JSON lines.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

type metadata struct {
	Registration        string `json:"registration_endpoint"`
	DeviceAuthorization string `json:"device_authorization_endpoint"`
	Token               string `json:"token_endpoint"`
}

type credentials struct {
	ID     string `json:"client_id"`
	Secret string `json:"client_secret"`
}

func main() {
	if err := signIn(context.Background(), os.Getenv("ISSUER"), os.Getenv("STATEMENT")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func signIn(ctx context.Context, issuer, statement string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var server metadata
	if err := getJSON(http.DefaultClient, issuer+"/.well-known/oauth-authorization-server", &server); err != nil {
		return err
	}
	client, err := register(server.Registration, statement)
	if err != nil {
		return err
	}
	config := oauth2.Config{
		ClientID:     client.ID,
		ClientSecret: client.Secret,
		Scopes:       []string{"tv"},
		Endpoint:     oauth2.Endpoint{DeviceAuthURL: server.DeviceAuthorization, TokenURL: server.Token},
	}
	// The library sends no secret to this endpoint by itself.
	shown, err := config.DeviceAuth(ctx, oauth2.SetAuthURLParam("client_secret", client.Secret))
	if err != nil {
		return fmt.Errorf("device authorization: %w", err)
	}
	tell("user_code", shown.UserCode)
	token, err := config.DeviceAccessToken(ctx, shown)
	if err != nil {
		return fmt.Errorf("polling: %w", err)
	}
	first := token.AccessToken
	token.Expiry = time.Now().Add(-time.Second)
	source := config.TokenSource(ctx, token)
	refreshed, err := source.Token()
	if err != nil {
		return fmt.Errorf("refresh: %w", err)
	}
	tell("refreshed", refreshed.AccessToken != first && refreshed.RefreshToken == token.RefreshToken)
	var session struct {
		Status string `json:"status"`
	}
	if err := getJSON(oauth2.NewClient(ctx, source), issuer+"/v1/session", &session); err != nil {
		return err
	}
	tell("session", session.Status)
	return play(oauth2.NewClient(ctx, source), issuer)
}

func play(client *http.Client, issuer string) error {
	asked := strings.NewReader(`{"resource":"REF30"}`)
	answer, err := client.Post(issuer+"/v1/authorize", "application/json", asked)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var decision struct {
		Status string `json:"status"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&decision); err != nil {
		return err
	}
	tell("play", decision.Status)
	return nil
}

func register(endpoint, statement string) (credentials, error) {
	var client credentials
	body, err := json.Marshal(map[string]any{
		"software_statement": statement,
		"device": map[string]string{
			"model": "Go TV", "version": "1", "osName": "Linux", "osVersion": "6", "connectionType": "LAN",
		},
	})
	if err != nil {
		return client, err
	}
	answer, err := http.Post(endpoint, "application/json", bytes.NewReader(body))
	if err != nil {
		return client, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		return client, fmt.Errorf("registration answered %s", answer.Status)
	}
	return client, json.NewDecoder(answer.Body).Decode(&client)
}

func getJSON(client *http.Client, url string, into any) error {
	answer, err := client.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", url, answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

func tell(name string, value any) {
	line, _ := json.Marshal(map[string]any{name: value})
	fmt.Println(string(line))
}
