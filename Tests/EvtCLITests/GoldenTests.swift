// What a person reads, kept as files: Cases/<verb>/<what>/{cmd,stdout,stderr,status}.
//
// EVT_GOLDEN=1 (make golden) rewrites them; git diff is the review.

import Foundation
import Testing

@Suite("Golden cases")
struct GoldenTests {
  static let root = Program.repository + "/Tests/EvtCLITests/Cases"
  static let isRewriting = ProcessInfo.processInfo.environment["EVT_GOLDEN"] == "1"

  static let cases: [String] = {
    let manager = FileManager.default
    let verbs = (try? manager.contentsOfDirectory(atPath: root)) ?? []
    return verbs.sorted().flatMap { verb in
      let names = (try? manager.contentsOfDirectory(atPath: root + "/" + verb)) ?? []
      return names.sorted().map { "\(verb)/\($0)" }
    }
  }()

  @Test("every case prints what its files say", arguments: cases)
  func printsWhatItsFilesSay(_ name: String) throws {
    let folder = Self.root + "/" + name
    let directory = try SampleStore.directory()
    let command = try Self.text(folder + "/cmd")
    var result = try Program.shell(
      command, in: directory.path, environment: SampleStore.environment)
    // Nothing printed may depend on where the test runs.
    result.stdout = result.stdout.replacingOccurrences(of: directory.path, with: "$DIR")
    result.stderr = result.stderr.replacingOccurrences(of: directory.path, with: "$DIR")
    if Self.isRewriting {
      try Data(result.stdout.utf8).write(to: URL(fileURLWithPath: folder + "/stdout"))
      try Data(result.stderr.utf8).write(to: URL(fileURLWithPath: folder + "/stderr"))
      try Data("\(result.status)\n".utf8).write(to: URL(fileURLWithPath: folder + "/status"))
      return
    }
    #expect(result.stdout == (try Self.text(folder + "/stdout")), "stdout of: \(command)")
    #expect(result.stderr == (try Self.text(folder + "/stderr")), "stderr of: \(command)")
    #expect("\(result.status)\n" == (try Self.text(folder + "/status")), "status of: \(command)")
  }

  @Test("there are cases of every command")
  func coversEveryCommand() {
    let verbs = Set(Self.cases.compactMap { $0.split(separator: "/").first.map(String.init) })
    #expect(
      verbs.isSuperset(of: [
        "alert", "cohort", "compact", "funnel", "gen", "help", "info", "ingest", "query", "retain",
        "trend", "verify",
      ]))
  }

  private static func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
  }
}
