// The text of --flush.

import Testing

@testable import Ingest

@Suite("Flush policy")
struct FlushPolicyTests {
  @Test(
    "a time, a number of events, or both",
    arguments: [
      ("5s", 5_000, 50_000), ("250ms", 250, 50_000), ("2m", 120_000, 50_000),
      ("1h", 3_600_000, 50_000),
      ("1000", 5_000, 1_000), ("1s,1", 1_000, 1), ("5s,1000", 5_000, 1_000),
    ])
  func reads(text: String, milliseconds: Int, rows: Int) throws {
    let policy = try #require(FlushPolicy(text))
    #expect(policy.milliseconds == milliseconds && policy.rows == rows)
  }

  @Test(
    "anything else is refused",
    arguments: [
      "", "s", "0", "0s", "-1", "-1s", "5x", "1000,5s", "1,2", "5s,", ",5", "5s,0", "1.5s",
      "5s,1,1",
      "99999999999999999999s", "9999999h", "99999999999999999999",
    ])
  func refuses(text: String) { #expect(FlushPolicy(text) == nil) }
}
