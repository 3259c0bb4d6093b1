// GitHub's own client and webhook receiver against the stand-in; prints a line of JSON for each step, and ends at the first that fails.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { App, Octokit } from "octokit";
import { createNodeMiddleware, Webhooks } from "@octokit/webhooks";
import * as oauth from "@octokit/oauth-methods";
import { request } from "@octokit/request";

const given = JSON.parse(readFileSync(process.argv[2]));
const baseUrl = `${given.url}/api/v3`;
const [owner, repo] = given.repository.split("/");
const at = { owner, repo };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const throttle = { fallbackSecondaryRateRetryAfter: 1, retryAfterBaseValue: 1000, onRateLimit: () => true, onSecondaryRateLimit: () => true };
const Client = Octokit.defaults({ baseUrl, log: quiet, throttle });
const app = new App({
  appId: given.app_id,
  privateKey: given.private_key,
  webhooks: { secret: given.webhook_secret },
  oauth: { clientId: given.client_id, clientSecret: given.client_secret },
  Octokit: Client,
  log: quiet,
});
const seen = {};

async function step(name, act) {
  try {
    const told = await act();
    console.log(JSON.stringify({ step: name, told }));
  } catch (error) {
    console.log(JSON.stringify({ step: name, failed: String(error.stack || error).slice(0, 2000) }));
    process.exit(1);
  }
}

async function refusal(act) {
  try {
    await act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was refused");
}

const control = (act, told) =>
  fetch(`${given.url}/_fake/${act}`, {
    method: "POST",
    headers: { "x-control-token": given.control_token, "content-type": "application/json" },
    body: JSON.stringify(told),
  }).then((answer) => assert.equal(answer.status, 204, `control ${act}`));

await step("an App proves itself", async () => {
  const { data } = await app.octokit.rest.apps.getAuthenticated();
  assert.equal(data.id, given.app_id);
});
await step("every installation is walked over", async () => {
  await app.eachInstallation(({ installation }) => (seen.installation = installation.id));
  assert.equal(seen.installation, given.installation_id);
});
await step("every repository is walked over, also on a second page", async () => {
  const names = [];
  await app.eachRepository({ installationId: seen.installation }, ({ repository }) => names.push(repository.full_name));
  assert.ok(names.includes(given.repository));
  assert.ok(names.length > 100);
  return names.length;
});
const octokit = await app.getInstallationOctokit(given.installation_id);
await step("a token is minted and is long", async () => {
  const { token } = await octokit.auth({ type: "installation" });
  assert.ok(token.startsWith("ghs_") && token.length > 400);
  return token.length;
});
await step("a token for one repository names it", async () => {
  const { data } = await app.octokit.rest.apps.createInstallationAccessToken({
    installation_id: given.installation_id, repositories: [repo], permissions: { contents: "read" },
  });
  assert.deepEqual(data.repositories.map((each) => each.full_name), [given.repository]);
  const narrow = new Client({ auth: data.token });
  assert.equal((await refusal(() => narrow.rest.repos.createCommitStatus({ ...at, sha: given.sha, state: "success" }))).status, 403);
  await narrow.rest.apps.revokeInstallationAccessToken();
  assert.equal((await refusal(() => narrow.rest.repos.get(at))).status, 401);
});
await step("the installation of a repository is found", async () => {
  const { data } = await app.octokit.rest.apps.getRepoInstallation(at);
  assert.equal(data.id, given.installation_id);
});
await step("branches are paged through", async () => {
  const all = await octokit.paginate(octokit.rest.repos.listBranches, { ...at, per_page: 10 });
  assert.ok(all.length > 20);
  return all.length;
});
await step("a branch with a strange name is shown", async () => {
  const { data } = await octokit.rest.repos.getBranch({ ...at, branch: given.strange });
  assert.equal(data.commit.sha, given.sha);
});
await step("a file and a directory are shown", async () => {
  const file = await octokit.rest.repos.getContent({ ...at, path: "README.md" });
  assert.equal(Buffer.from(file.data.content, "base64").toString(), "# héllo\n");
  const top = await octokit.rest.repos.getContent({ ...at, path: "" });
  assert.ok(top.data.some((each) => each.type === "dir"));
  const raw = await octokit.rest.repos.getContent({ ...at, path: "README.md", mediaType: { format: "raw" } });
  assert.ok(raw.data.includes("héllo"));
});
await step("a tree, a ref and tags are shown", async () => {
  const tree = await octokit.rest.git.getTree({ ...at, tree_sha: "main", recursive: "1" });
  assert.ok(tree.data.tree.some((each) => each.path === "apps/web/a.txt"));
  const ref = await octokit.rest.git.getRef({ ...at, ref: "heads/main" });
  assert.equal(ref.data.object.sha, given.sha);
  assert.deepEqual((await octokit.rest.repos.listTags(at)).data.map((each) => each.name), ["v1"]);
});
await step("two commits are compared", async () => {
  const { data } = await octokit.rest.repos.compareCommitsWithBasehead({ ...at, basehead: `${given.first}...main` });
  assert.equal(data.ahead_by, 1);
  assert.deepEqual(data.files.map((each) => each.filename), ["apps/web/a.txt"]);
});
await step("a commit is shown and listed", async () => {
  const { data } = await octokit.rest.repos.getCommit({ ...at, ref: "main" });
  assert.equal(data.sha, given.sha);
  assert.equal((await octokit.rest.repos.listCommits(at)).data.length, 2);
});
await step("a commit is given a status, and they make one", async () => {
  const { data } = await octokit.rest.repos.createCommitStatus({ ...at, sha: given.sha, state: "success", context: "thakur/shop", target_url: given.url });
  assert.equal(data.creator.type, "Bot");
  const combined = await octokit.rest.repos.getCombinedStatusForRef({ ...at, ref: "main" });
  assert.equal(combined.data.state, "success");
});
await step("checks of a commit are listed", async () => {
  await control("check", { repository: given.repository, sha: given.sha, name: "tests", status: "completed", conclusion: "success" });
  const runs = await octokit.rest.checks.listForRef({ ...at, ref: "main" });
  assert.deepEqual(runs.data.check_runs.map((each) => each.conclusion), ["success"]);
  const suites = await octokit.paginate(octokit.rest.checks.listSuitesForRef, { ...at, ref: given.sha });
  assert.deepEqual(suites.map((each) => each.status), ["completed"]);
});
await step("a deployment is made and told of", async () => {
  const { data } = await octokit.rest.repos.createDeployment({ ...at, ref: given.sha, auto_merge: false, required_contexts: [] });
  for (const state of ["queued", "in_progress", "success"]) {
    await octokit.rest.repos.createDeploymentStatus({ ...at, deployment_id: data.id, state, log_url: given.url, environment_url: given.url });
  }
  const told = await octokit.rest.repos.listDeploymentStatuses({ ...at, deployment_id: data.id });
  assert.deepEqual(told.data.map((each) => each.state), ["success", "in_progress", "queued"]);
});
await step("a comment of a pull request is written, changed and found", async () => {
  const { data: made } = await octokit.rest.issues.createComment({ ...at, issue_number: given.pull, body: "<!-- thakur -->one" });
  await octokit.rest.issues.updateComment({ ...at, comment_id: made.id, body: "<!-- thakur -->two" });
  const all = await octokit.paginate(octokit.rest.issues.listComments, { ...at, issue_number: given.pull });
  assert.deepEqual(all.map((each) => each.body), ["<!-- thakur -->two"]);
  await octokit.rest.issues.deleteComment({ ...at, comment_id: made.id });
});
await step("a pull request and its files are shown", async () => {
  const { data } = await octokit.rest.pulls.get({ ...at, pull_number: given.pull });
  assert.equal(data.head.ref, "next");
  const files = await octokit.rest.pulls.listFiles({ ...at, pull_number: given.pull });
  assert.deepEqual(files.data.map((each) => each.filename), ["next.txt"]);
  const [first] = (await octokit.rest.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: data.head.sha })).data;
  assert.equal(first.number, given.pull);
});
await step("what is known already is answered by 304", async () => {
  const { headers } = await octokit.rest.repos.get(at);
  const before = (await octokit.rest.rateLimit.get()).data.rate.used;
  const error = await refusal(() => octokit.rest.repos.get({ ...at, headers: { "if-none-match": headers.etag } }));
  assert.equal(error.status, 304);
  assert.equal((await octokit.rest.rateLimit.get()).data.rate.used, before);
});
await step("what is not there or not to be seen is 404", async () => {
  assert.equal((await refusal(() => octokit.rest.repos.get({ owner, repo: "nothing" }))).status, 404);
  assert.equal((await refusal(() => octokit.rest.repos.get({ owner: "grace", repo: "secret" }))).status, 404);
});
await step("what does not fit is 422 with its errors", async () => {
  const error = await refusal(() => octokit.rest.repos.createCommitStatus({ ...at, sha: given.sha, state: "dancing" }));
  assert.equal(error.status, 422);
  assert.equal(error.response.data.errors[0].field, "state");
});
await step("429 with retry-after is waited for", async () => {
  await control("fault", { match: "GET /api/v3/repos", status: 429, headers: { "Retry-After": "1" }, message: "You have exceeded a secondary rate limit" });
  const began = performance.now();
  await octokit.rest.repos.get(at);
  assert.ok(performance.now() - began > 900);
});
await step("403 without anything left is waited for", async () => {
  const reset = String(Math.floor(Date.now() / 1000) + 1);
  await control("fault", { match: "GET /api/v3/repos", status: 403, headers: { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset }, message: "API rate limit exceeded" });
  await octokit.rest.repos.get(at);
});
await step("502 is tried again", async () => {
  await control("fault", { match: "GET /api/v3/repos", status: 502 });
  await octokit.rest.repos.get(at);
});
await step("after its end a token is refused", async () => {
  const { token } = await octokit.auth({ type: "installation", refresh: true });
  await control("expire", {});
  assert.equal((await refusal(() => new Client({ auth: token }).rest.repos.get(at))).status, 401);
});
const fresh = await app.getInstallationOctokit(given.installation_id);
await fresh.auth({ type: "installation", refresh: true });
await step("an old name leads to the repository", async () => {
  await control("rename", { repository: given.repository, name: "store" });
  assert.equal((await fresh.rest.repos.get(at)).data.full_name, `${owner}/store`);
  await control("rename", { repository: `${owner}/store`, name: repo });
});
await step("the webhook's address is read and changed, and events are verified", async () => {
  const webhooks = new Webhooks({ secret: given.webhook_secret });
  const got = [];
  webhooks.onAny(({ id, name }) => got.push({ id, name }));
  const server = createServer(createNodeMiddleware(webhooks, { path: "/webhooks/github" })).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${server.address().port}/webhooks/github`;
  // Octokit takes a parameter of this name for the address of the question.
  await app.octokit.request("PATCH /app/hook/config", { data: { url } });
  assert.equal((await app.octokit.rest.apps.getWebhookConfigForApp()).data.url, url);
  const deliveries = await app.octokit.paginate("GET /app/hook/deliveries", { per_page: 3 });
  const one = deliveries.find((each) => each.event === "push");
  const { status } = await app.octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: one.id });
  assert.equal(status, 202);
  for (let tries = 0; got.length < 1 && tries < 100; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
  server.close();
  server.closeAllConnections();
  assert.deepEqual(got, [{ id: one.guid, name: "push" }]);
  const again = (await app.octokit.rest.apps.listWebhookDeliveries({ per_page: 100 })).data.find((each) => each.guid === one.guid);
  assert.equal(again.redelivery, true);
  return deliveries.length;
});
const plain = request.defaults({ baseUrl });
const web = { clientType: "github-app", clientId: given.client_id, clientSecret: given.client_secret, request: plain };
const callback = given.callback;
async function authorize(challenge) {
  const { url } = oauth.getWebFlowAuthorizationUrl({ clientType: "github-app", clientId: given.client_id, redirectUrl: callback, state: "s1", request: plain });
  const asked = new URL(url);
  if (challenge) {
    asked.searchParams.set("code_challenge", challenge);
    asked.searchParams.set("code_challenge_method", "S256");
  }
  const answer = await fetch(asked, { redirect: "manual", headers: { cookie: given.cookie } });
  const there = new URL(answer.headers.get("location"));
  assert.equal(there.searchParams.get("state"), "s1");
  return there.searchParams.get("code");
}
await step("a person signs in by the web flow, with a challenge", async () => {
  const verifier = randomBytes(32).toString("base64url");
  const code = await authorize(createHash("sha256").update(verifier).digest("base64url"));
  const answer = await fetch(`${given.url}/login/oauth/access_token`, {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json" },
    body: JSON.stringify({ client_id: given.client_id, client_secret: given.client_secret, code, redirect_uri: callback, code_verifier: verifier }),
  });
  seen.user = await answer.json();
  assert.ok(seen.user.access_token.startsWith("ghu_"));
  const { data } = await new Client({ auth: seen.user.access_token }).rest.users.getAuthenticated();
  assert.equal(data.login, owner);
});
await step("a code is worth a token once", async () => {
  const code = await authorize();
  seen.web = await oauth.exchangeWebFlowCode({ ...web, code });
  assert.ok(seen.web.authentication.refreshToken);
  const error = await refusal(() => oauth.exchangeWebFlowCode({ ...web, code }));
  assert.match(error.message, /incorrect or expired/);
});
await step("a person sees installations and their repositories", async () => {
  const person = new Client({ auth: seen.web.authentication.token });
  const installations = await person.paginate(person.rest.apps.listInstallationsForAuthenticatedUser);
  assert.deepEqual(installations.map((each) => each.id), [given.installation_id]);
  const all = await person.paginate(person.rest.apps.listInstallationReposForAuthenticatedUser, { installation_id: given.installation_id });
  assert.ok(all.length > 100);
});
await step("a token is checked, renewed, and the one before opens nothing", async () => {
  const { authentication } = await oauth.checkToken({ ...web, token: seen.web.authentication.token });
  assert.equal(authentication.clientId, given.client_id);
  const renewed = await oauth.refreshToken({ ...web, refreshToken: seen.web.authentication.refreshToken });
  assert.equal((await refusal(() => new Client({ auth: seen.web.authentication.token }).rest.users.getAuthenticated())).status, 401);
  await oauth.deleteAuthorization({ ...web, token: renewed.authentication.token });
  assert.equal((await refusal(() => new Client({ auth: renewed.authentication.token }).rest.users.getAuthenticated())).status, 401);
});
await step("a device waits for its person", async () => {
  const { data } = await oauth.createDeviceCode({ clientType: "github-app", clientId: given.client_id, request: plain });
  assert.match(data.user_code, /^[A-Z0-9]{4}-[A-Z0-9]{4}$/);
  const error = await refusal(() => oauth.exchangeDeviceCode({ clientType: "github-app", clientId: given.client_id, code: data.device_code, request: plain }));
  assert.equal(error.response.data.error, "authorization_pending");
});
await step("an installation is suspended and let in again", async () => {
  await app.octokit.rest.apps.suspendInstallation({ installation_id: given.installation_id });
  const own = await app.octokit.rest.apps.getInstallation({ installation_id: given.installation_id });
  assert.ok(own.data.suspended_at);
  await app.octokit.rest.apps.unsuspendInstallation({ installation_id: given.installation_id });
});
