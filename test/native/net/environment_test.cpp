#include "net/environment.h"

#include <gtest/gtest.h>

#include <map>

#include "net_fixture.h"
#include "test_server.h"

namespace cloudsync::test {
namespace {

NetworkEnvironment of(std::map<std::string, std::string> variables) {
  return readNetworkEnvironment([variables](const char* name) -> std::optional<std::string> {
    auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

TEST(NetworkEnvironment, ProxiesAreReadAsCurlReadsThem) {
  NetworkEnvironment both = of({{"https_proxy", "a"}, {"HTTPS_PROXY", "b"}, {"ALL_PROXY", "c"}});
  EXPECT_EQ(proxyFor("https", {}, both), "a");
  EXPECT_EQ(proxyFor("http", {}, both), "c");
  EXPECT_EQ(proxyFor("http", {}, of({{"HTTP_PROXY", "from a CGI client"}})), "");
  HttpRoute route;
  route.proxy = "";
  EXPECT_EQ(proxyFor("https", route, both), "");
  route.proxy = "own";
  EXPECT_EQ(proxyFor("https", route, both), "own");
  EXPECT_EQ(of({{"NO_PROXY", "x"}}).noProxy, "x");
}

TEST(NetworkEnvironment, TheFirstCaFileGivenDecides) {
  std::map<std::string, std::string> all = {
      {"AWS_CA_BUNDLE", "aws"}, {"SSL_CERT_FILE", "ssl"}, {"NODE_EXTRA_CA_CERTS", "node"}};
  HttpRoute own;
  own.caFile = "own";
  EXPECT_EQ(trustFor(own, of(all)).file, "own");
  EXPECT_EQ(trustFor({}, of(all)).file, "aws");
  all.erase("AWS_CA_BUNDLE");
  EXPECT_EQ(trustFor({}, of(all)).file, "ssl");
  EXPECT_FALSE(trustFor({}, of(all)).besideSystem);
  all.erase("SSL_CERT_FILE");
  EXPECT_EQ(trustFor({}, of(all)).file, "node");
  EXPECT_TRUE(trustFor({}, of(all)).besideSystem);
  EXPECT_EQ(trustFor({}, of({})).file, "");
}

TEST_F(NetTest, ProxyAndNoProxyAreHonoured) {
  std::string target;
  TestServer proxy([&target](Peer& peer, const Received& received) {
    target = received.target;
    return peer.write(answer(200, "by proxy"));
  });
  TestServer origin([](Peer& peer, const Received&) { return peer.write(answer(200, "direct")); });
  environment_.httpProxy = proxy.url("");
  remake({});
  EXPECT_EQ(perform(get("http://somewhere.invalid/a?b=c"))->body, "by proxy");
  EXPECT_EQ(target, "http://somewhere.invalid/a?b=c");
  HttpRequest direct = get(origin.url("/"));
  EXPECT_EQ(perform(direct)->body, "by proxy");
  direct.route.proxy = "";
  EXPECT_EQ(perform(direct)->body, "direct");
  environment_.noProxy = "127.0.0.1";
  remake({});
  EXPECT_EQ(perform(get(origin.url("/")))->body, "direct");
}

}  // namespace
}  // namespace cloudsync::test
