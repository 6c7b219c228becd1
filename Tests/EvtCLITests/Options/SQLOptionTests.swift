// Tests that the SELECT which a command prints has the command's answer, as far as evt knows the
// dialect itself. ClickHouse/check-sql.py asks ClickHouse.

import Foundation
import Testing

@Suite("--sql") struct SQLOptionTests {
  /// Commands whose SELECT gives the same table.
  private static let queries = [
    "query", "query --by event --agg count,users,sessions", "query --by day --agg users",
    "query --event purchase --by hour --agg count,users",
    "query --event purchase,refund --by country,device --agg count,users --top 7",
    "query --by currency --agg count,sum:total,avg:total,min:total,max:total,p95:total,median:price",
    #"query --where "device = 'mobile' AND page LIKE '/%'" --by page --agg count,uniq:country"#,
    #"query --where 'device = "mobile" or country in ("DE", "FR")' --by context.browser"#,
    "query --by 'lower(country)' --agg users --since 2025-03-05 --until 2025-03-11T12:30:00.5Z",
    "query --event 'it\\'s' --allow-missing --by event",
  ]

  private static func csv(_ script: String) throws -> String {
    let directory = try SampleStore.directory()
    let result = try Program.shell(
      script, in: directory.path, environment: SampleStore.environment)
    #expect(result.status == 0, "\(script): \(result.stderr)")
    return result.stdout
  }

  @Test("gives the answer of a query", arguments: queries)
  func answersLikeQuery(_ command: String) throws {
    let command = command.replacing(#"'it\'s'"#, with: #""it's""#)
    let expected = try Self.csv("evt \(command) -f csv")
    let answer = try Self.csv(
      #"evt query "$(evt \#(command) --sql)" --allow-missing -f csv"#)
    #expect(answer == expected)
    #expect(command.contains("it's") || answer.split(separator: "\n").count > 1)
  }

  @Test(
    "gives the buckets of a trend in which something happened",
    arguments: ["", "purchase --every hour", "--every week --agg users,count", "--every 15m"])
  func answersLikeTrend(_ arguments: String) throws {
    let answer = try Self.csv(#"evt query "$(evt trend \#(arguments) --sql)" -f csv"#)
    let expected = try Self.csv("evt trend \(arguments) -f csv").split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
      .filter { $0[4] != "0" }.map { "\($0[0].prefix(10)),\($0[4]),\($0[5])" }
    let rows = answer.split(separator: "\n").dropFirst().map { line in
      let cells = line.split(separator: ",")
      return "\(cells[0].prefix(10)),\(cells[1]),\(cells[2])"
    }
    #expect(rows == expected)
    #expect(!rows.isEmpty)
  }

  @Test(
    "gives the users of cohorts",
    arguments: [
      "", "--every day --periods 20", "--every week --week-start sunday", "--every month",
      "--every hour --periods 5 --mode after", "--every day --clock rolling --periods 4",
      "--every day --clock rolling --mode after --tz America/New_York --periods 4",
      "--every hour --clock rolling", "--within 1m..1h,1h..2d,2d..9d --every day",
      "--start page_view --return purchase --every day --periods 4 --since 2025-03-05T07:00:00Z",
      "--start 'page_view[page = \"/\"]|search' --return '*[device != \"\"]' --every day",
      "--every day --tz Asia/Kathmandu --where \"country = 'DE'\" --until 2025-03-14",
      "--every week --week-start sunday --tz Europe/Berlin", "--every month --tz Asia/Tokyo",
      "--start never --allow-missing",
    ])
  func answersLikeCohort(_ arguments: String) throws {
    // When all is over, every cell has a figure, unless the range ended the observation before.
    let script = "export EVT_NOW=2027-01-01T00:00:00Z;"
    let answer = try Self.csv(
      #"\#(script) evt query "$(evt cohort \#(arguments) --sql)" --allow-missing -f csv"#)
    let cells = try Self.csv("\(script) evt cohort \(arguments) -f csv").split(separator: "\n")
      .dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    var expected: [[Substring]] = []
    var cohort: Substring?
    for cell in cells {
      if cell[0] != cohort { expected.append([cell[0].prefix(13), cell[1]]) }
      cohort = cell[0]
      expected[expected.count - 1].append(cell[3])
    }
    let rows = answer.split(separator: "\n").dropFirst().enumerated().map { number, line in
      let cells = line.split(separator: ",").enumerated().map { place, cell in
        number < expected.count && expected[number][place].isEmpty ? "" : cell
      }
      let width = arguments.contains("hour") ? 13 : 10
      return [cells[0].prefix(width)] + cells.dropFirst()
    }
    #expect(rows == expected)
    #expect(!rows.isEmpty || arguments.contains("never"))
  }
}
