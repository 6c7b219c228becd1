// What a store should hold after any sequence of ingests, kept as plain lists.

import Foundation

/// A file of the model: its inode, and its text.
struct ModelFile: Equatable {
  var inode: Int
  var text: String
}

/// An input in the ledger of the model.
struct ModelEntry: Equatable {
  var name: String
  var inode: Int
  var text: String
  var run: Int
  /// The numbers of the events it brought, and of all in its text.
  var brought: [Int]
  /// The text behind which it was taken up.
  var continues: String?
}

/// The ledger as its documentation describes it, for texts of less than 64 KiB, which tell by
/// themselves nothing of where they grew from.
struct LedgerModel: Equatable {
  private(set) var entries: [ModelEntry] = []
  private var nextRun = 1

  /// The events there are, by number, with how many times.
  var events: [Int: Int] {
    entries.reduce(into: [:]) { events, entry in
      for number in entry.brought { events[number, default: 0] += 1 }
    }
  }

  /// The runs as `evt info --runs` lists them: number, inputs, events, first input.
  var runs: [String] {
    Dictionary(grouping: entries, by: \.run).sorted { $0.key < $1.key }.map { run, entries in
      let events = entries.reduce(0) { $0 + $1.brought.count }
      return "\(run),\(entries.count),\(events),\(entries[0].name)"
    }
  }

  /// The numbers of the events in `text`.
  static func numbers(_ text: String) -> [Int] {
    text.split(separator: "\n").map { line in
      Int(line.drop { $0 != "#" }.dropFirst().prefix { $0.isNumber }) ?? -1
    }
  }

  /// Loads inputs, each a name and its file; a stream has inode 0.
  mutating func ingest(_ inputs: [(name: String, file: ModelFile)], isForced: Bool) {
    var loaded: [ModelEntry] = []
    for (name, file) in inputs {
      let known = isForced ? [] : entries + loaded
      if known.contains(where: { $0.text == file.text }) { continue }
      // The longest of what it begins with, a record of the same file before others.
      func isSame(_ entry: ModelEntry) -> Bool {
        (name != "-" && entry.name == name) || (file.inode != 0 && entry.inode == file.inode)
      }
      let longest = known.filter { !$0.text.isEmpty && file.text.hasPrefix($0.text) }.max {
        ($0.text.utf8.count, isSame($0) ? 1 : 0) < ($1.text.utf8.count, isSame($1) ? 1 : 0)
      }
      let continued = longest.flatMap { isSame($0) ? $0.text : nil }
      let before = continued.map { Self.numbers($0).count } ?? 0
      loaded.append(
        ModelEntry(
          name: name, inode: file.inode, text: file.text, run: nextRun,
          brought: Array(Self.numbers(file.text).dropFirst(before)), continues: continued))
    }
    entries += loaded
    if !loaded.isEmpty { nextRun += 1 }
  }

  /// Takes entries back; returns false, and changes nothing, when there are none or when another
  /// one goes on behind them.
  private mutating func remove(where isMeant: (ModelEntry) -> Bool) -> Bool {
    let rest = entries.filter { !isMeant($0) }
    let texts = Set(rest.map(\.text))
    guard rest.count < entries.count, rest.allSatisfy({ $0.continues.map(texts.contains) ?? true })
    else { return false }
    entries = rest
    return true
  }

  /// Takes a run back; returns whether that may be.
  mutating func undo(run: Int) -> Bool { remove { $0.run == run } }

  /// Takes back what was loaded as `name` and loads inputs; returns whether that may be.
  mutating func replace(_ name: String, by inputs: [(name: String, file: ModelFile)]) -> Bool {
    guard remove(where: { $0.name == name }) else { return false }
    let run = nextRun
    ingest(inputs, isForced: false)
    nextRun = run + 1
    return true
  }
}
