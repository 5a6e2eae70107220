using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Salus.Access.Tests.Accounts;
using Salus.Access.Tests.Accounts.Support;

namespace Salus.Access.Tests;

public sealed class UnstorableTextTests(AdministrationTests.Relaxed server) : IClassFixture<AdministrationTests.Relaxed>, IAsyncLifetime
{
    private readonly Browser admin = server.Open();

    public async Task InitializeAsync()
    {
        var name = $"admin{Guid.CreateVersion7():N}";
        await server.AddAsync(name, "administrator");
        Assert.Equal("done", (await admin.SignInAsync(name)).Next);
    }

    [Theory]
    [InlineData("/admin/access/users", """{"name":"a\u0000b","roles":[]}""", "name")]
    [InlineData("/admin/access/users", """{"name":"a\ud800b","roles":[]}""", "name")]
    [InlineData("/admin/access/users", """{"name":"\udc00\ud800","roles":[]}""", "name")]
    [InlineData("/admin/access/users", """{"name":"X","roles":["nurse","\u0000"]}""", "roles[1]")]
    [InlineData("/admin/access/users", """{"name":"X","roles":[],"wards":["Location/\u0000"]}""", "wards[0]")]
    [InlineData("/access/sign-in", """{"userName":"a\udfff","password":"x"}""", "userName")]
    [InlineData("/access/sign-in", """{"userName":"a","password":"\u0000"}""", "password")]
    [InlineData("/access/reauthenticate", """{"credential":{"id":"\u0000"}}""", "credential.id")]
    [InlineData("/access/print", """{"type":"Patient","id":"1","what":"\u0000"}""", "what")]
    [InlineData("/admin/access/clients", """{"name":"a\u0000","kind":"public"}""", "name")]
    [InlineData("/admin/access/clients", """{"name":"a","kind":"service","scopes":["system/*.rs"],"jwks":{"keys":[{"kid":"\u0000"}]}}""", "jwks.keys[0].kid")]
    [InlineData("/access/launch", """{"client":"\u0000","patient":"1"}""", "client")]
    public async Task A_body_with_what_no_text_can_hold_is_refused_by_its_field(string path, string body, string field)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Salus-Antiforgery", admin.Token);
        using var answer = await admin.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode.UnprocessableEntity, field), (answer.StatusCode, (string?)JsonNode.Parse(text)!["issue"]![0]!["expression"]?[0]));
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_are_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/access/users") { Content = new ByteArrayContent([.. "{\"name\":\""u8, 0xC3, 0x28, .. "\",\"roles\":[]}"u8]) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-Salus-Antiforgery", admin.Token);
        using var answer = await admin.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
    }

    [Theory]
    [InlineData("/admin/access/users?query=a%00b", "query")]
    [InlineData("/admin/access/users?state=%00", "state")]
    [InlineData("/admin/access/users?cursor=%00", "cursor")]
    [InlineData("/admin/access/users?count=99999999999", "count")]
    [InlineData("/admin/access/users?count=0", "count")]
    [InlineData("/admin/access/users?count=-1", "count")]
    [InlineData("/admin/access/users?count=ten", "count")]
    [InlineData("/admin/access/users?state=asleep", "state")]
    public async Task A_query_that_cannot_be_answered_is_refused_by_its_name(string path, string field)
    {
        var answer = await admin.GetAsync(path);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, field), (answer.Status, answer.Field));
    }

    [Theory]
    [InlineData("/oauth/token", "grant_type=authorization_code&client_id=a%00b&code=x&redirect_uri=x&code_verifier=x")]
    [InlineData("/oauth/token", "grant_type=%00&client_id=a")]
    [InlineData("/oauth/token", "grant_type=refresh_token&refresh_token=a&scope=%00")]
    [InlineData("/oauth/introspect", "token=%00&client_id=a")]
    [InlineData("/oauth/revoke", "token=a&token_type_hint=%00&client_id=a")]
    public async Task A_form_of_an_app_with_it_is_an_invalid_request(string path, string form)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        using var body = new StringContent(form, Encoding.ASCII, "application/x-www-form-urlencoded");
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), body);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.StatusCode, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]));
    }

    [Theory]
    [InlineData("state")]
    [InlineData("nonce")]
    [InlineData("launch")]
    public async Task A_question_of_an_app_with_it_is_refused(string name) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.GetAsync($"/oauth/authorize?client_id=x&{name}=%00")).Status);

    public Task DisposeAsync()
    {
        admin.Dispose();
        return Task.CompletedTask;
    }
}
