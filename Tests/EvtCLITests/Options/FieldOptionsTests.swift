// Hidden fields in a store on the disk: nothing of them is in any of its bytes, or comes out.

import Foundation
import TestSupport
import Testing

@Suite("Field options")
struct FieldOptionsTests {
  /// Events with secrets at many places, some of them no events and some no JSON.
  private static func log(_ random: inout SeededGenerator) -> String {
    var secrets = 0
    func secret() -> String {
      secrets += 1
      return "secret-\(secrets)-\(random.below(1_000_000))"
    }
    var text = ""
    for number in 0..<400 {
      let inner = "{\\\"email\\\":\\\"\(secret())\\\",\\\"n\\\":\(number)}"
      let places = [
        "\"email\":\"\(secret())\"", "\"properties\":{\"email\":\"\(secret())\",\"n\":\(number)}",
        "\"properties\":\"\(inner)\"", "\"items\":[{\"email\":\"\(secret())\"},{\"sku\":\"A\"}]",
        "\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{\"h\":{\"i\":{\"email\":\"\(secret())\"}}}}}}}}}",
        "\"user_id\":\"\(secret())\"", "\"email\":\"x\",\"email\":\"\(secret())\"",
        "\"\\u0065mail\":\"\(secret())\"",
      ]
      let time = "2025-03-0\(1 + random.below(5))T00:00:00Z"
      var event =
        "{\"event\":\"e\",\"timestamp\":\"\(time)\",\(random.pick(places)),\(random.pick(places))}"
      if random.chance(1, in: 10) { event = event.replacing("\"event\"", with: "\"evnt\"") }
      if random.chance(1, in: 10) { event = String(event.dropLast(1 + random.below(20))) }
      text += event + "\n"
    }
    return text
  }

  private static let fields = [
    "email", "user_id", "properties.email", "items.email", "a.b.c.d.e.f.g.h.i.email",
  ]

  /// The files below `directory`, as bytes.
  private static func files(_ directory: String) throws -> [(name: String, bytes: Data)] {
    let names =
      FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
    return try names.compactMap { name in
      let path = directory + "/" + name
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      return isFolder.boolValue ? nil : (name, try Data(contentsOf: URL(fileURLWithPath: path)))
    }
  }

  @Test("no secret is in any byte of the store", arguments: ["hash", "drop", "truncate-ip"])
  func noSecretOnDisk(_ option: String) throws {
    let seed = UInt64.random(in: 0..<1_000_000)
    var random = SeededGenerator(seed: seed)
    let directory = try WorkDirectory()
    try directory.write(Self.log(&random), to: "in.ndjson")
    let options = Self.fields.map { "--\(option) \($0)" }.joined(separator: " ")
    let result = try Program.shell(
      """
      mkdir tmp && export TMPDIR=$PWD/tmp EVT_HASH_KEY=key
      evt ingest --store s \(options) --max-rejects 50% - < in.ndjson 2> messages &&
      cat in.ndjson in.ndjson | evt ingest --store s \(options) --max-rejects 50% - 2>> messages &&
      evt ingest --store s --replay --map 'event=event|evnt' \(options) --max-rejects 100% \\
        s/rejects/*1.ndjson 2>> messages || cat messages
      evt query --store s --raw -f ndjson > raw
      evt query --store s --agg count -f csv | tail -n 1
      ls s/rejects tmp
      """, in: directory.path)
    let rows = try #require(result.stdout.split(separator: "\n").first.flatMap { Int($0) })
    #expect(rows > 500 && result.status == 0, "seed \(seed): \(result)")
    #expect(result.stdout.contains("00000003.ndjson"), "\(result)")
    for file in try Self.files(directory.path) where file.name != "in.ndjson" {
      #expect(file.bytes.range(of: Data("secret-".utf8)) == nil, "seed \(seed): \(file.name)")
    }
    // The search finds what is there: the log without the options is full of secrets.
    let plain = try Program.shell(
      "evt ingest --store p --max-rejects 50% in.ndjson; evt query --store p --raw -f ndjson",
      in: directory.path)
    #expect(plain.stdout.contains("secret-"))
  }
}
