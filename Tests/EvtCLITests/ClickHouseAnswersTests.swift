// SQL against stored answers of ClickHouse to the same questions over the same events.

import EvtCore
import Foundation
import Query
import Store
import TestSupport
import Testing

@testable import EvtCLI

@Suite("SQL and ClickHouse") struct ClickHouseAnswersTests {
  static let folder = Program.repository + "/Tests/EvtCLITests/ClickHouse"

  struct Question: CustomTestStringConvertible, Sendable {
    var name: String
    var sql: String
    var testDescription: String { name }

    /// What its comments `-- param: name=value` say.
    var parameters: [String: String] {
      var values: [String: String] = [:]
      for line in sql.split(separator: "\n") where line.hasPrefix("-- param: ") {
        let parts = line.dropFirst("-- param: ".count).split(separator: "=", maxSplits: 1)
        values[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
      }
      return values
    }
  }

  static let questions: [Question] = {
    let files = ["/queries.sql", "/functions.sql"].map { folder + $0 }
    let text = files.compactMap { try? String(contentsOfFile: $0, encoding: .utf8) }.joined()
    return text.components(separatedBy: "-- name: ").dropFirst().map { block in
      let lines = block.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      return Question(name: String(lines[0]), sql: lines.count > 1 ? String(lines[1]) : "")
    }
  }()

  /// The rows of each answer by its question's name, every value as text.
  static func answers() throws -> [String: [[String]]] {
    let files = ["/answers.ndjson", "/functions.ndjson"].map { folder + $0 }
    let text = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }.joined()
    var answers: [String: [[String]]] = [:]
    for line in text.split(separator: "\n") {
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let rows = try #require(object["rows"] as? [[Any]])
      answers[try #require(object["name"] as? String)] = rows.map { $0.map(shown) }
    }
    return answers
  }

  /// A value of JSON: numbers by their value, so that 1 and 1.0 are alike.
  static func shown(_ value: Any) -> String {
    switch value {
    case let number as NSNumber: "\(number.doubleValue)"
    case let text as String: plain(text)
    case let list as [Any]: "[" + list.map(item).joined(separator: ",") + "]"
    default: "NULL"
    }
  }

  /// An item of an array, numbers without the last digits in which sums may differ.
  private static func item(_ value: Any) -> String {
    if let number = value as? NSNumber { return String(format: "%.12g", number.doubleValue) }
    return shown(value)
  }

  /// A time without what ClickHouse shows by its type: 10:00:00.000 and 10:00:00 are alike.
  static func plain(_ text: String) -> String {
    text.hasSuffix(".000") ? String(text.dropLast(4)) : text
  }

  static func shown(_ value: ResultValue) -> String {
    switch value {
    case .null: return "NULL"
    case .bool(let truth): return truth ? "1.0" : "0.0"
    case .int(let number): return "\(Double(number))"
    case .double(let number): return "\(number)"
    case .json(let text):
      return (try? JSONSerialization.jsonObject(with: Data(text.utf8))).map(shown) ?? text
    case .decimal(let text), .text(let text): return text
    case .time(let time):
      // 2026-01-31T10:00:00.5Z as 2026-01-31 10:00:00.500.
      let parts = TimeText.format(time).dropLast().split(separator: "T")
      let clock = parts[1].split(separator: ".")
      let fraction = clock.count > 1 ? "." + (clock[1] + "000").prefix(3) : ""
      return "\(parts[0]) \(clock[0])\(fraction)"
    }
  }

  /// Whether both say the same. ClickHouse's sums of doubles are rounded term by term, those of
  /// evt once, so their last digits may differ.
  static func areAlike(_ found: [[String]], _ expected: [[String]]) -> Bool {
    found.count == expected.count
      && zip(found, expected).allSatisfy { row, expectedRow in
        row.count == expectedRow.count
          && zip(row, expectedRow).allSatisfy { value, expected in
            guard let number = Double(value), let other = Double(expected) else {
              return value == expected
            }
            return abs(number - other) <= 1e-13 * max(abs(number), abs(other))
          }
      }
  }

  @Test("answer alike") func compare() throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let made = try Program.shell(
      "evt ingest \(Self.folder)/events.ndjson --store store", in: directory.path)
    #expect(made.status == 0, "\(made.stderr)")
    let snapshot = try Store.open(at: directory.path + "/store").snapshot(
      zones: ZoneDatabase.system.loader)
    let answers = try Self.answers()
    let now = try #require(TimeText.parse("2026-11-21T12:34:56Z"))
    #expect(answers.count == Self.questions.count)
    for question in Self.questions {
      let expected = try #require(answers[question.name], "\(question.name)")
      let query = try SQLQuery(parsing: question.sql, parameters: question.parameters, now: now)
      for threads in [1, 2] {
        let table = try query.run(on: snapshot, pool: WorkerPool(threads: threads))
        let found = table.rows.map { $0.map { Self.shown($0) } }
        #expect(Self.areAlike(found, expected), "\(question.name): \(found), not \(expected)")
      }
    }
  }
}
