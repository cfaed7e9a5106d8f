// What every remote promises of uploads in parts, run against each row of remoteRows().
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "remote_world.h"

namespace cloudsync {
namespace {

class UploadContract : public testing::TestWithParam<RemoteRow> {
 protected:
  std::unique_ptr<RemoteWorld> world = GetParam().make();
  RemoteUser user{*world};
  // Two whole parts and a rest, of the smallest size that this remote takes.
  const ByteCount partSize = std::max<ByteCount>(user.remote().features().smallestPart, 1'500'000);
  const std::string text = textOf(2 * partSize + 1234, 5);

  ByteRange rangeOf(std::uint32_t number) const {
    return {(number - 1) * partSize, std::min<ByteCount>(number * partSize, text.size())};
  }
  Result<PartReceipt> send(RemoteUser& by, const UploadId& upload, std::uint32_t number) {
    return by.uploadPart("d/big", upload, number, rangeOf(number), text);
  }
};

INSTANTIATE_TEST_SUITE_P(On, UploadContract, testing::ValuesIn(remoteRows()),
                         [](const auto& row) { return row.param.name; });

TEST_P(UploadContract, PutsPartsTogetherInWhateverOrderTheyCame) {
  WriteRequest request = user.requestFor(text);
  UploadId upload = *user.beginUpload("d/big", request);
  std::vector<PartReceipt> parts;
  for (std::uint32_t number : {3u, 1u, 2u}) parts.push_back(*send(user, upload, number));
  EXPECT_EQ(outcome(user.stat("d/big")), "notFound");
  Result<ObjectInfo> done = user.finishUpload("d/big", upload, parts, request);
  ASSERT_EQ(outcome(done), "ok");
  EXPECT_TRUE(*user.read("d/big") == text);
  Result<ObjectInfo> stat = user.stat("d/big");
  EXPECT_EQ(stat->version, done->version);
  EXPECT_EQ(stat->sha256, request.sha256);
  EXPECT_EQ(stat->nonce, request.nonce);
  EXPECT_EQ(stat->modifyTime, request.modifyTime);
}

TEST_P(UploadContract, GoesOnInAnotherProcess) {
  WriteRequest request = user.requestFor(text);
  UploadId upload = *user.beginUpload("d/big", request);
  std::vector<PartReceipt> parts = {*send(user, upload, 1), *send(user, upload, 2)};
  RemoteUser other(*world);
  parts.push_back(*send(other, upload, 3));
  ASSERT_EQ(outcome(other.finishUpload("d/big", upload, parts, request)), "ok");
  EXPECT_TRUE(*user.read("d/big") == text);
}

TEST_P(UploadContract, TellsOfPartsWhoseAnswerNobodyHeard) {
  WriteRequest request = user.requestFor(text);
  UploadId upload = *user.beginUpload("d/big", request);
  std::vector<PartRequest> wanted;
  for (std::uint32_t number : {1u, 2u, 3u}) {
    ByteRange range = rangeOf(number);
    wanted.push_back({number, range, sha256OfText(text.substr(range.begin, range.size()))});
  }
  std::vector<PartReceipt> sent = {*send(user, upload, 1), *send(user, upload, 3)};
  RemoteUser other(*world);
  Result<std::vector<PartReceipt>> told = other.receivedParts("d/big", upload, wanted);
  ASSERT_EQ(outcome(told), "ok");
  // A remote that cannot tell says nothing; what it says is as good as the answer was.
  if (!told->empty()) {
    ASSERT_EQ(told->size(), 2u);
    for (std::size_t at : {0u, 1u}) {
      EXPECT_EQ((*told)[at].number, sent[at].number);
      EXPECT_EQ((*told)[at].tag, sent[at].tag);
    }
    wanted[0].range.end -= 1;  // it has another size than this part would have
    EXPECT_EQ(other.receivedParts("d/big", upload, wanted)->size(), 1u);
  }
  std::vector<PartReceipt> parts = sent;
  parts.push_back(*send(other, upload, 2));
  ASSERT_EQ(outcome(other.finishUpload("d/big", upload, parts, request)), "ok");
  EXPECT_TRUE(*user.read("d/big") == text);
}

TEST_P(UploadContract, APartSentAgainReplacesTheFirst) {
  WriteRequest request = user.requestFor(text);
  UploadId upload = *user.beginUpload("d/big", request);
  std::string wrong = textOf(text.size(), 99);
  ASSERT_EQ(outcome(user.uploadPart("d/big", upload, 2, rangeOf(2), wrong)), "ok");
  std::vector<PartReceipt> parts;
  for (std::uint32_t number : {1u, 2u, 3u}) parts.push_back(*send(user, upload, number));
  ASSERT_EQ(outcome(user.finishUpload("d/big", upload, parts, request)), "ok");
  EXPECT_TRUE(*user.read("d/big") == text);
}

TEST_P(UploadContract, RefusesToFinishWithAMissingPart) {
  WriteRequest request = user.requestFor(text);
  UploadId upload = *user.beginUpload("d/big", request);
  PartReceipt first = *send(user, upload, 1);
  PartReceipt third = *send(user, upload, 3);
  EXPECT_NE(outcome(user.finishUpload("d/big", upload, {first, third}, request)), "ok");
  EXPECT_EQ(outcome(user.stat("d/big")), "notFound");
  PartReceipt second = *send(user, upload, 2);
  EXPECT_NE(outcome(user.finishUpload("d/big", upload, {first, second}, request)), "ok");
  EXPECT_EQ(outcome(user.finishUpload("d/big", upload, {first, second, third}, request)), "ok");
}

TEST_P(UploadContract, RefusesPartsThatAreNotWhatWasAnnounced) {
  ASSERT_EQ(outcome(user.write("d/big", "before")), "ok");
  WriteRequest request = user.requestFor(text);
  UploadId upload = *user.beginUpload("d/big", request);
  TextSource wrong(textOf(text.size(), 99));
  PartRequest announced{2, rangeOf(2), sha256OfText(text.substr(partSize, partSize))};
  Result<PartReceipt> refused =
      world->run(user.remote().uploadPart(at("d/big"), upload, announced, wrong, CancelToken()));
  EXPECT_EQ(outcome(refused), "corrupt");
  EXPECT_EQ(*user.read("d/big"), "before");
  std::vector<PartReceipt> parts;
  for (std::uint32_t number : {1u, 2u, 3u}) parts.push_back(*send(user, upload, number));
  ASSERT_EQ(outcome(user.finishUpload("d/big", upload, parts, request)), "ok");
  EXPECT_TRUE(*user.read("d/big") == text);
}

TEST_P(UploadContract, AnAbortedUploadIsGone) {
  WriteRequest request = user.requestFor(text);
  UploadId upload = *user.beginUpload("d/big", request);
  std::vector<PartReceipt> parts;
  for (std::uint32_t number : {1u, 2u, 3u}) parts.push_back(*send(user, upload, number));
  EXPECT_EQ(outcome(user.abortUpload("d/big", upload)), "ok");
  EXPECT_EQ(outcome(user.finishUpload("d/big", upload, parts, request)), "notFound");
  EXPECT_EQ(outcome(send(user, upload, 1)), "notFound");
  EXPECT_EQ(outcome(user.stat("d/big")), "notFound");
  EXPECT_EQ(outcome(user.abortUpload("d/big", upload)), "ok");
}

TEST_P(UploadContract, HoldsItsPreconditionWhenItFinishes) {
  WriteRequest request = user.requestFor(text, Precondition::absent());
  UploadId upload = *user.beginUpload("d/big", request);
  std::vector<PartReceipt> parts;
  for (std::uint32_t number : {1u, 2u, 3u}) parts.push_back(*send(user, upload, number));
  ASSERT_EQ(outcome(user.write("d/big", "quicker")), "ok");
  EXPECT_EQ(outcome(user.finishUpload("d/big", upload, parts, request)), "conflict");
  EXPECT_EQ(*user.read("d/big"), "quicker");
}

TEST_P(UploadContract, TwoUploadsOfOnePathDoNotMix) {
  std::string other = textOf(text.size(), 6);
  WriteRequest first = user.requestFor(text);
  WriteRequest second = user.requestFor(other);
  UploadId a = *user.beginUpload("d/big", first);
  UploadId b = *user.beginUpload("d/big", second);
  std::vector<PartReceipt> partsOfA;
  std::vector<PartReceipt> partsOfB;
  for (std::uint32_t number : {1u, 2u, 3u}) {
    partsOfA.push_back(*send(user, a, number));
    partsOfB.push_back(*user.uploadPart("d/big", b, number, rangeOf(number), other));
  }
  ASSERT_EQ(outcome(user.finishUpload("d/big", a, partsOfA, first)), "ok");
  EXPECT_TRUE(*user.read("d/big") == text);
  ASSERT_EQ(outcome(user.finishUpload("d/big", b, partsOfB, second)), "ok");
  EXPECT_TRUE(*user.read("d/big") == other);
}

TEST_P(UploadContract, CanBeStoppedInTheMiddleOfAPart) {
  WriteRequest request = user.requestFor(text);
  UploadId upload = *user.beginUpload("d/big", request);
  CancelSource cancel;
  cancel.cancel();
  TextSource source(text);
  PartRequest part{1, rangeOf(1), sha256OfText(text.substr(0, partSize))};
  Result<PartReceipt> stopped =
      world->run(user.remote().uploadPart(at("d/big"), upload, part, source, cancel.token()));
  EXPECT_EQ(outcome(stopped), "cancelled");
  EXPECT_EQ(outcome(send(user, upload, 1)), "ok");
}

}  // namespace
}  // namespace cloudsync
