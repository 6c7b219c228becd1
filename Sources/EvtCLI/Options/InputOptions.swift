// Dumps that a question is asked of straight away, without a store.

import ArgumentParser
import EvtCore
import Ingest
import Query
import Store

/// `-i`, and how what it names is read.
struct InputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Ask these dumps, not a store: files, directories, patterns, - (repeatable).",
      valueName: "path"))
  var input: [String] = []

  @OptionGroup var reading: ReadingOptions

  @Option(
    help: ArgumentHelp(
      "Memory to use at most (default: 512M to read dumps, 1G to answer).", valueName: "size"))
  var memory: String?

  /// The memory that a question may use.
  /// - Throws: `UsageError`.
  func memoryBytes(standard: Int = Limits.queryMemoryBytes) throws(UsageError) -> Int {
    try memory.map { text throws(UsageError) in
      try MemorySize.parse(text, option: "--memory")
    } ?? standard
  }

  /// What the question is asked of: the store, or the dumps read into one of their own, as far as
  /// `texts` name fields; nil for all of them.
  /// - Throws: `UsageError`, `IngestError` or `StoreError`.
  func source(
    _ global: GlobalOptions, now: Int64, pool: WorkerPool, naming texts: [String]?
  ) throws -> AnswerSource {
    guard !input.isEmpty else {
      if let option = reading.given.first {
        throw UsageError("\(option) is for reading dumps", help: "add -i FILE, or leave it out")
      }
      return AnswerSource(
        snapshot: try global.openStore().snapshot(zones: ZoneDatabase.system.loader))
    }
    guard global.storePath == nil else {
      throw UsageError(
        "-i asks dumps, --store asks a store", help: "leave one out, or evt ingest the dumps")
    }
    try ReadingOptions.check(input, command: "evt ... -i -")
    var options = try reading.options(now: now)
    options.memoryBytes = try memoryBytes(standard: options.memoryBytes)
    if let texts {
      let fields = NamedFields(in: texts)
      options.keepsProperty = { fields.mayName($0) }
    }
    return try AnswerSource(reading: input, options, global, pool)
  }
}
