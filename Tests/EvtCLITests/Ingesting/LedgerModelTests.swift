// Random programs of everything that happens to log files and to a store, against a model.

import Foundation
import TestSupport
import Testing

/// After each step the store must hold the events and the runs of the model, and be sound; a step
/// that is killed has happened or has not.
@Suite("The ledger", .serialized) struct LedgerModelTests {
  private static let steps = 40
  /// Programs; EVT_TEST_PROGRAMS sets their number.
  private static let programs =
    ProcessInfo.processInfo.environment["EVT_TEST_PROGRAMS"].flatMap { Int($0) } ?? 6

  /// One program on its way.
  struct Player {
    let directory: WorkDirectory
    var random: SeededGenerator
    var model = LedgerModel()
    var files: [String: ModelFile] = [:]
    var lastInode = 0
    var lastEvent = 0
    var lastName = 0
    var log: [String] = []

    init(seed: UInt64) throws {
      directory = try WorkDirectory()
      random = SeededGenerator(seed: seed)
      try make("a.log")
      try make("b.log")
    }
  }

  @Test("holds what was loaded and not taken back, whatever happens")
  func randomPrograms() throws {
    let first = UInt64.random(in: 0..<1_000_000)
    for seed in first..<first + UInt64(Self.programs) {
      var player = try Player(seed: seed)
      for step in 0..<Self.steps {
        try player.step()
        let wrong = try player.differences()
        if !wrong.isEmpty {
          Issue.record(
            "seed \(seed), step \(step): \(wrong)\n\(player.log.joined(separator: "\n"))")
          return
        }
      }
    }
  }
}

extension LedgerModelTests.Player {
  mutating func step() throws {
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<4: try append(to: anyName())
    case 4: try rotate(anyName())
    case 5: try copy(anyName())
    case 6: try compress(anyName())
    case 7: try rewrite(anyName())
    case 8: try pipe(anyName())
    case 9..<13: try ingest((0..<Int.random(in: 1...3, using: &random)).map { _ in anyName() })
    case 13: try ingest([anyName()], isForced: true)
    case 14, 15: try replace()
    case 16, 17: try undo()
    default: try compact()
    }
  }

  // MARK: - Files

  private mutating func anyName() -> String {
    files.keys.sorted().randomElement(using: &random) ?? ""
  }

  private mutating func newName(_ stem: String, _ suffix: String = "") -> String {
    lastName += 1
    return "\(stem.split(separator: ".")[0]).\(lastName)\(suffix)"
  }

  private mutating func lines() -> String {
    (0..<Int.random(in: 1...5, using: &random)).map { _ in
      lastEvent += 1
      let day = Int.random(in: 1...3, using: &random)
      return "{\"event\":\"e\(lastEvent % 3)\",\"timestamp\":\"2025-03-0\(day)T00:00:00Z\","
        + "\"user_id\":\"u\(lastEvent % 5)\",\"n\":\"#\(lastEvent)\"}\n"
    }.joined()
  }

  private mutating func make(_ name: String) throws {
    lastInode += 1
    files[name] = ModelFile(inode: lastInode, text: lines())
    try directory.write(files[name]?.text ?? "", to: name)
  }

  private mutating func shell(_ script: String) throws {
    log.append(script)
    let result = try Program.shell(script, in: directory.path)
    #expect(result.status == 0, "\(script): \(result.stderr)")
  }

  /// Sometimes the last line is complete but for its end, which comes with the next ones.
  private mutating func append(to name: String) throws {
    guard var file = files[name], !name.hasSuffix(".gz") else { return }
    let before = file.text
    if !file.text.hasSuffix("\n") { file.text += "\n" }
    file.text += lines()
    if Int.random(in: 0..<4, using: &random) == 0 { file.text.removeLast() }
    try directory.write(String(file.text.dropFirst(before.count)), to: "added")
    try shell("cat added >> \(name)")
    files[name] = file
  }

  private mutating func rotate(_ name: String) throws {
    let old = newName(name, name.hasSuffix(".gz") ? ".gz" : "")
    try shell("mv \(name) \(old)")
    files[old] = files.removeValue(forKey: name)
    if !name.hasSuffix(".gz") { try make(name) }
  }

  private mutating func copy(_ name: String) throws {
    let copy = newName(name, name.hasSuffix(".gz") ? ".gz" : "")
    try shell("cp \(name) \(copy)")
    lastInode += 1
    files[copy] = ModelFile(inode: lastInode, text: files[name]?.text ?? "")
  }

  private mutating func compress(_ name: String) throws {
    guard !name.hasSuffix(".gz") else { return }
    let compressed = newName(name, ".gz")
    try shell("gzip -c \(name) > \(compressed)")
    lastInode += 1
    files[compressed] = ModelFile(inode: lastInode, text: files[name]?.text ?? "")
  }

  private mutating func rewrite(_ name: String) throws {
    guard !name.hasSuffix(".gz") else { return }
    let text = lines()
    files[name]?.text = text
    try directory.write(text, to: "added")
    try shell("cat added > \(name)")
  }

  // MARK: - Ingests

  private func inputs(_ names: [String]) -> [(name: String, file: ModelFile)] {
    names.compactMap { name in files[name].map { (name, $0) } }
  }

  private mutating func ingest(_ names: [String], isForced: Bool = false) throws {
    var after = model
    after.ingest(inputs(names), isForced: isForced)
    try run("evt ingest \(isForced ? "--force " : "")\(names.joined(separator: " "))", to: after)
  }

  private mutating func pipe(_ name: String) throws {
    guard let file = files[name] else { return }
    var after = model
    after.ingest([("-", ModelFile(inode: 0, text: file.text))], isForced: false)
    try run("cat \(name) | evt ingest -", to: after)
  }

  private mutating func replace() throws {
    guard !model.entries.isEmpty else { return }
    let name =
      Bool.random(using: &random)
      ? anyName()
      : model.entries.map(\.name)
        .randomElement(using: &random) ?? ""
    let isItself = files[name] != nil && Bool.random(using: &random)
    let names = isItself ? [name] : [anyName()]
    var after = model
    let isAllowed = after.replace(name, by: inputs(names))
    try run(
      "evt ingest --replace \(name)\(isItself ? "" : " " + names[0])", to: after,
      status: isAllowed ? 0 : 2)
  }

  private mutating func undo() throws {
    guard let last = model.entries.last?.run else { return }
    var after = model
    let number = Int.random(in: 1...last + 1, using: &random)
    let isAllowed = after.undo(run: number)
    try run("evt ingest --undo \(number)", to: after, status: isAllowed ? 0 : 2)
  }

  private mutating func compact() throws {
    guard !model.entries.isEmpty else { return }
    try run("evt compact\(Bool.random(using: &random) ? " --all" : "")", to: model)
  }

  /// Runs a command that makes the model `after`, and sometimes kills it.
  private mutating func run(_ command: String, to after: LedgerModel, status: Int32 = 0) throws {
    let isKilled = Int.random(in: 0..<4, using: &random) == 0
    let moment = isKilled ? Double.random(in: 0.001...0.03, using: &random) : 120
    log.append(command + (isKilled ? " # killed after \(moment) s" : ""))
    let result = try Program.shell(command, in: directory.path, timeout: moment)
    if result.status == 137 {
      // It has happened or it has not; both may look the same.
      let before = model
      model = after
      if try !differences(checksStore: false).isEmpty { model = before }
    } else {
      #expect(result.status == status, "\(command): \(result.stderr)")
      model = after
    }
  }

  // MARK: - Comparison

  /// What is different in store and model.
  func differences(checksStore: Bool = true) throws -> [String] {
    if try !directory.list().contains(".evt") { return model.entries.isEmpty ? [] : ["no store"] }
    let script = """
      test -e .evt/FORMAT || exit 3
      evt info --runs -f csv | cut -d, -f1,3,4,7 | tail -n +2
      echo --
      evt query 'SELECT n, count() AS c FROM events GROUP BY n' -f csv | tail -n +2
      echo --
      \(checksStore ? "evt verify -f csv | grep -v ,pass," : "")
      """
    let result = try Program.shell(script, in: directory.path)
    if result.status == 3 { return model.entries.isEmpty ? [] : ["no store"] }
    let parts = result.stdout.components(separatedBy: "--\n")
    guard parts.count == 3 else { return ["\(result)"] }
    var wrong: [String] = []
    let runs = parts[0].split(separator: "\n").map(String.init)
    if runs != model.runs { wrong.append("runs \(runs) instead of \(model.runs)") }
    var events: [Int: Int] = [:]
    for line in parts[1].split(separator: "\n") {
      let cells = line.split(separator: ",")
      events[Int(cells[0].drop { !$0.isNumber }) ?? -1] = Int(cells[1])
    }
    if model.entries.isEmpty {
      // A field that was never seen is an error; of one that is gone there is nothing.
    } else if events != model.events {
      wrong.append("events \(events) instead of \(model.events)")
    }
    // Leftovers of the killed are no damage; the next writer takes them away.
    let bad = parts[2].split(separator: "\n").dropFirst().filter { !$0.contains("leftovers,warn") }
    return wrong + bad.map(String.init)
  }
}
