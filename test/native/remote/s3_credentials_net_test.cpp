#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "base/random.h"
#include "base/task_group.h"
#include "fs/posix_file_system.h"
#include "net/net_fixture.h"
#include "net/test_server.h"
#include "remote/s3/credentials.h"

namespace cloudsync::test {
namespace {

// Over real connections and on many threads, as in production.
class CredentialsNetTest : public NetTest {
 protected:
  std::unique_ptr<S3CredentialSource> sourceAt(const std::string& variable, std::string url) {
    auto lookup = [&](const char* name) -> std::optional<std::string> {
      if (name == variable) return url;
      return std::nullopt;
    };
    return makeS3CredentialSource(*parseS3Location("s3://bucket", {}, lookup), {}, lookup,
                                  {files_, scheduler_, clock_, random_, *transport_});
  }

  PosixFileSystem files_;
  SeededRandom random_{1};
};

std::string keysJson(int number) {
  return R"({"AccessKeyId":"id)" + std::to_string(number) +
         R"(","SecretAccessKey":"s","Token":"t","Expiration":"2200-01-01T00:00:00Z"})";
}

using Ids = Guarded<std::vector<std::string>>;

Task<void> take(S3CredentialSource& source, Ids& ids) {
  Task<Result<S3Credentials>> getting = source.get({});
  Result<S3Credentials> got = co_await getting;
  ids.lock()->push_back(got ? got->identity.accessKeyId : got.error().message);
}

Task<int> takeMany(Scheduler& scheduler, S3CredentialSource& source, Ids& ids) {
  TaskGroup group(scheduler, Lane::transfer);
  for (int i = 0; i < 200; ++i) group.add(take(source, ids));
  co_await group.join();
  co_return 0;
}

TEST_F(CredentialsNetTest, ManyThreadsShareOneFetch) {
  std::atomic<int> asked = 0;
  TestServer server(
      [&asked](Peer& peer, const Received&) { return peer.write(answer(200, keysJson(++asked))); });
  auto source = sourceAt("AWS_CONTAINER_CREDENTIALS_FULL_URI", server.url("/keys"));
  Ids ids;
  blockOn(scheduler_, Lane::transfer, takeMany(scheduler_, *source, ids));
  EXPECT_EQ(*ids.lock(), std::vector<std::string>(200, "id1"));
  EXPECT_EQ(asked, 1);
}

TEST_F(CredentialsNetTest, AnInstancesSessionIsSentAsItAsks) {
  Guarded<std::vector<Received>> seen;
  TestServer server([&seen](Peer& peer, const Received& request) {
    seen.lock()->push_back(request);
    if (request.method == "PUT") return peer.write(answer(200, "session=="));
    if (request.target.ends_with('/')) return peer.write(answer(200, "role\n"));
    return peer.write(answer(200, keysJson(1)));
  });
  auto source = sourceAt("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url("/"));
  Result<S3Credentials> got = blockOn(scheduler_, Lane::transfer, source->get({}));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->identity.accessKeyId, "id1");
  std::vector<Received> received = *seen.lock();
  ASSERT_EQ(received.size(), 3u);
  EXPECT_EQ(received[0].contentLength(), 0u);
  EXPECT_EQ(received[0].header("X-aws-ec2-metadata-token-ttl-seconds"), "21600");
  EXPECT_EQ(received[2].header("X-aws-ec2-metadata-token"), "session==");
  EXPECT_EQ(received[2].target, "/latest/meta-data/iam/security-credentials/role");
}

}  // namespace
}  // namespace cloudsync::test
