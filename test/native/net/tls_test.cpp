#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "net_fixture.h"

namespace cloudsync::test {
namespace {

// A certificate authority, a certificate of `localhost` signed by it, and `openssl s_server`
// showing it, all made for the test.
class TlsTest : public NetTest {
 protected:
  static void SetUpTestSuite() {
    std::string name = (std::filesystem::temp_directory_path() / "cloudsync-tls-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
    std::ofstream(directory_ / "san") << "subjectAltName=DNS:localhost\n";
    for (std::string ca : {"ca", "other"}) {
      shell("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-" + ca + " -keyout " +
            ca + ".key -out " + ca + ".pem");
    }
    shell("openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out r.csr");
    shell(
        "openssl x509 -req -in r.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 "
        "-extfile san -out server.pem");
    startServer();
  }

  static void TearDownTestSuite() {
    if (server_ > 0) {
      kill(server_, SIGTERM);
      waitpid(server_, nullptr, 0);
    }
    std::filesystem::remove_all(directory_);
  }

  static void shell(const std::string& command) {
    std::string line = "cd '" + directory_.string() + "' && " + command + " >/dev/null 2>&1";
    ASSERT_EQ(std::system(line.c_str()), 0) << command;
  }

  // s_server chooses a free port itself and prints "ACCEPT 127.0.0.1:PORT".
  static void startServer() {
    int output[2];
    ASSERT_EQ(pipe(output), 0);
    server_ = fork();
    if (server_ == 0) {
      dup2(output[1], STDOUT_FILENO);
      close(output[0]);
      if (chdir(directory_.c_str()) != 0) _exit(1);
      execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "server.pem",
             "-key", "server.key", "-www", static_cast<char*>(nullptr));
      _exit(127);
    }
    close(output[1]);
    std::string text;
    char c = 0;
    std::size_t line = std::string::npos;
    while (read(output[0], &c, 1) == 1) {
      text += c;
      line = text.find("ACCEPT");
      if (line != std::string::npos && c == '\n') break;
    }
    // The read end stays open: a server that prints must not meet a broken pipe.
    ASSERT_NE(line, std::string::npos) << text;
    port_ = text.substr(text.rfind(':') + 1);
    port_.erase(port_.find_last_not_of("\r\n ") + 1);
  }

  HttpRequest request(std::string host, std::string ca) {
    HttpRequest out = get("https://" + host + ":" + port_ + "/");
    if (!ca.empty()) out.route.caFile = (directory_ / ca).string();
    return out;
  }

  static inline std::filesystem::path directory_;
  static inline pid_t server_ = -1;
  static inline std::string port_;
};

TEST_F(TlsTest, TheRightAuthorityIsBelieved) {
  Result<HttpResponse> response = perform(request("localhost", "ca.pem"));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
}

TEST_F(TlsTest, AnotherAuthorityIsRefusedWithAWordOnWhatToDo) {
  Result<HttpResponse> response = perform(request("localhost", "other.pem"));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::remoteNotReady);
  EXPECT_NE(response.error().message.find("CA file"), std::string::npos);
}

TEST_F(TlsTest, TheSystemsAuthoritiesDoNotKnowIt) {
  EXPECT_EQ(perform(request("localhost", "")).error().kind, ErrorKind::remoteNotReady);
}

TEST_F(TlsTest, AnotherNameIsRefused) {
  EXPECT_EQ(perform(request("127.0.0.1", "ca.pem")).error().kind, ErrorKind::remoteNotReady);
}

TEST_F(TlsTest, ACaFileThatIsNotThereIsNamedAsTheReason) {
  EXPECT_EQ(perform(request("localhost", "absent.pem")).error().kind, ErrorKind::remoteNotReady);
}

TEST_F(TlsTest, WithoutVerificationAnythingGoes) {
  HttpRequest insecure = request("127.0.0.1", "");
  insecure.route.tls = TlsVerification::none;
  EXPECT_TRUE(perform(insecure));
  // A connection made without looking is not lent to a request that looks.
  EXPECT_EQ(perform(request("127.0.0.1", "ca.pem")).error().kind, ErrorKind::remoteNotReady);
}

TEST_F(TlsTest, TheEnvironmentsAuthoritiesCount) {
  environment_.caFile = (directory_ / "ca.pem").string();
  remake({});
  EXPECT_TRUE(perform(request("localhost", "")));
  environment_.caFile.clear();
  environment_.extraCaFile = (directory_ / "ca.pem").string();
  remake({});
  EXPECT_TRUE(perform(request("localhost", "")));
}

}  // namespace
}  // namespace cloudsync::test
