// Checks every byte of a store that an answer may depend on.

import Columnar
import EvtCore

/// Checks the store in directory `path`: its format, the catalogue, every checksum, the order of
/// rows, and all counts against the rows themselves.
///
/// Damage is reported and never thrown. Older generations and files without an owner cannot change
/// an answer and are warnings.
/// - Throws: `StoreError.missing` when there is no store.
public func checkStore(at path: String, pool: WorkerPool) throws -> StoreCheckReport {
  try checkStore(files: PosixFiles(root: path), pool: pool)
}

/// The same for the store in `files`.
public func checkStore(files: any StoreFiles, pool: WorkerPool) throws -> StoreCheckReport {
  var checker = StoreChecker(files: files, pool: pool)
  return try checker.run()
}

private struct StoreChecker {
  let files: any StoreFiles
  let pool: WorkerPool
  var report = StoreCheckReport()

  /// Details of one kind that are listed one by one.
  private static let detailsMax = 100

  init(files: any StoreFiles, pool: WorkerPool) {
    self.files = files
    self.pool = pool
  }

  mutating func run() throws -> StoreCheckReport {
    do {
      _ = try Store.open(files: files)
      add("format", StoreFormat.text.dropLast().description, [])
    } catch let error as StoreError where error.category == .missing {
      throw error
    } catch {
      add("format", StoreFormat.text.dropLast().description, ["\(error)"])
      return report
    }
    let snapshot: Snapshot
    do {
      snapshot = try Store(files: files).snapshot()
      add("catalogue", "generation \(snapshot.generation)", [])
    } catch {
      add("catalogue", "a readable generation", ["\(error)"])
      return report
    }
    report.generation = snapshot.generation
    report.segments = snapshot.segments.count
    checkOlderGenerations(than: snapshot)
    let findings = try findings(of: snapshot)
    checkLedger(of: snapshot, findings)
    checkRetention(of: snapshot)
    checkSegments(of: snapshot, findings)
    try checkRollups(of: snapshot)
    checkOwners(of: snapshot)
    checkAlertState()
    return report
  }

  private mutating func checkOlderGenerations(than snapshot: Snapshot) {
    let catalogueFiles = CatalogueFiles(files: files)
    var problems: [String] = []
    do {
      var expected = snapshot.previousHash
      for number in try catalogueFiles.generations().reversed()
      where number < snapshot.generation {
        do {
          let older = try catalogueFiles.read(number)
          if number + 1 == snapshot.generation, older.hash != expected {
            problems.append("generation \(number) is not the one its successor was made from")
          }
          expected = older.catalogue.previousHash
        } catch let error as StoreError where error.isMissingFile {
          // A writer has just removed it.
        }
      }
    } catch {
      problems.append("\(error)")
    }
    add("older generations", "readable", problems, otherwise: .warn)
  }

  private func findings(of snapshot: Snapshot) throws -> [SegmentFindings] {
    try pool.map(count: snapshot.segments.count) { index in
      var check = SegmentCheck()
      check.run(snapshot, segment: index)
      return check.findings
    }
  }

  /// Every row comes with an input, and no input has more of them than were read.
  private mutating func checkLedger(of snapshot: Snapshot, _ findings: [SegmentFindings]) {
    var read: [RowOrigin: UInt64] = [:]
    for entry in snapshot.ledger {
      guard let ordinal = entry.ordinal else { continue }
      read[RowOrigin(run: entry.run, ordinal: ordinal), default: 0] &+= entry.source.rows
    }
    var stored: [RowOrigin: UInt64] = [:]
    for segment in findings {
      for (origin, rows) in segment.rowsByOrigin { stored[origin, default: 0] &+= rows }
    }
    var problems: [String] = []
    for (origin, rows) in stored.sorted(by: {
      ($0.key.run, $0.key.ordinal) < ($1.key.run, $1.key.ordinal)
    }) where rows > read[origin] ?? 0 {
      problems.append(
        "run \(origin.run) stored \(rows) rows of its input \(origin.ordinal), which had"
          + " \(read[origin] ?? 0)")
    }
    add("ledger", "no more rows than were read", problems)
  }

  private mutating func checkRetention(of snapshot: Snapshot) {
    guard let watermark = snapshot.retainWatermark else {
      return add("retention", "nothing has expired", [])
    }
    let expired = snapshot.segments.filter { $0.summary.day < watermark }
    add(
      "retention", "no day before \(watermark.description)",
      expired.map { "\($0.path): it has expired" })
  }

  private mutating func checkSegments(of snapshot: Snapshot, _ findings: [SegmentFindings]) {
    for (segment, findings) in zip(snapshot.segments, findings) {
      report.rows &+= findings.rows
      report.bytes &+= segment.summary.fileBytes
    }
    let count = findings.count
    for aspect in SegmentFindings.Aspect.allCases {
      let problems = findings.flatMap { $0.problems[aspect] ?? [] }
      let sound = findings.filter { $0.problems[aspect] == nil && !$0.isUnreadable }.count
      let unreadable = findings.filter(\.isUnreadable).count
      if aspect != .checksums, problems.isEmpty, unreadable > 0 {
        // What could not be read was reported once, with the checksums.
        add(
          aspect.rawValue, "\(count - unreadable) readable segments", [],
          observed: "\(sound) segments")
      } else {
        add(aspect.rawValue, "\(count) segments", problems, observed: "\(sound) segments")
      }
    }
  }

  /// Checks what is left of days that have expired, if anything is.
  private mutating func checkRollups(of snapshot: Snapshot) throws {
    if snapshot.rollups.isEmpty { return }
    let problems = try pool.map(count: snapshot.rollups.count) { index -> String? in
      do {
        try RollupCoding.check(snapshot.rollup(index))
        return nil
      } catch let malformed as MalformedBytes {
        return "\(snapshot.rollups[index].path): \(malformed.what)"
      } catch {
        return "\(error)"
      }
    }
    add("rollups", "\(snapshot.rollups.count) days", problems.compactMap { $0 })
  }

  /// Notes files that belong to nobody. While a writer commits it cannot be told.
  private mutating func checkOwners(of snapshot: Snapshot) {
    var problems: [String] = []
    do {
      let lock = try files.open(StoreLayout.lock)
      guard try lock.tryLock(.shared) else {
        return add("leftovers", "none", [], observed: "not checked: a commit is under way")
      }
      defer { lock.unlock() }
      let named = snapshot.catalogue.paths
      var others: Set<String> = []
      for number in try CatalogueFiles(files: files).generations()
      where number != snapshot.generation {
        if number < snapshot.retainGeneration {
          problems.append(
            "\(StoreLayout.generation(number)): from before a retain; unless a query reads it, the"
              + " next writer removes it")
        }
        guard let other = try? CatalogueFiles(files: files).read(number) else { continue }
        others.formUnion(other.catalogue.paths)
      }
      for path in try Collector(files: files).storedFiles()
      where !named.contains(path) && !others.contains(path) {
        problems.append("\(path): no generation names it; the next writer removes it")
      }
      for entry in try files.list(StoreLayout.temporary) {
        let path = "\(StoreLayout.temporary)/\(entry.name)"
        guard entry.kind == .directory else { continue }
        if let lock = try? files.open(path), try lock.tryLock(.shared) {
          lock.unlock()
          problems.append("\(path): left by an interrupted writer; the next one removes it")
        }
      }
    } catch {
      problems.append("\(error)")
    }
    add("leftovers", "none", problems, otherwise: .warn)
  }

  /// Checks what alerts remember, where they were ever asked for.
  private mutating func checkAlertState() {
    do {
      guard try AlertStateFile(files: files).read() != nil else { return }
      add("alert state", "readable", [])
    } catch {
      add("alert state", "readable", ["\(error)"])
    }
  }

  /// Adds the result of one check, and one of its problems each.
  private mutating func add(
    _ check: String, _ expected: String, _ problems: [String],
    otherwise: StoreCheck.Status = .fail, observed: String? = nil
  ) {
    if problems.isEmpty {
      report.checks.append(
        StoreCheck(
          check: check, status: .pass, observed: observed ?? expected, expected: expected))
    }
    for problem in problems.prefix(Self.detailsMax) {
      report.checks.append(
        StoreCheck(
          check: check, status: otherwise, observed: observed ?? "\(problems.count) problems",
          expected: expected, detail: problem))
    }
    if problems.count > Self.detailsMax {
      report.checks.append(
        StoreCheck(
          check: check, status: otherwise, observed: "\(problems.count) problems",
          expected: expected, detail: "and \(problems.count - Self.detailsMax) more"))
    }
  }
}
