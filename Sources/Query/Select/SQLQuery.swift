// SQL: the question behind `evt query "SELECT …"`.

import Columnar
import EvtCore

/// A SELECT over the one table `events`, in a subset of ClickHouse's dialect: what is answered here
/// is answered there alike. The answer does not depend on threads or segments.
public struct SQLQuery: Sendable {
  let source: SourceText
  private let syntax: QuerySyntax
  /// Only events in this range count, whatever the query says besides.
  public var range: TimeRange = .all
  /// What `now()` means.
  public var now: Int64
  /// Whether unknown fields and events stand for nothing.
  public var allowsMissing = false
  public var memoryBytes = Limits.queryMemoryBytes

  /// Parses `text`.
  /// - Parameter parameters: what stands for `{name:Type}`, by name.
  /// - Throws: `QueryError.expression` with the place of the first mistake.
  public init(
    parsing text: String, parameters: [String: String] = [:], now: Int64
  ) throws(QueryError) {
    source = SourceText(text)
    var parser = try Parser(source)
    parser.parameters = parameters
    syntax = try parser.statement()
    self.now = now
  }

  /// Says what `run` would do: a row for each step, those of inner queries first. Footers are read,
  /// no blocks.
  /// - Throws: `QueryError`, and the errors of `source`.
  public func explain(on source: any QuerySource, pool: WorkerPool) throws -> ResultTable {
    var execution = SelectExecution(self, source, pool)
    let rows = try execution.explain(syntax)
    return ResultTable(
      columns: PlanExplanation.columns, rows: rows, warnings: execution.warnings)
  }

  /// Answers the query.
  /// - Throws: `QueryError`, and the errors of `source`.
  public func run(on source: any QuerySource, pool: WorkerPool) throws -> ResultTable {
    var execution = SelectExecution(self, source, pool)
    let answer = try execution.run(syntax)
    return ResultTable(
      columns: answer.columns.map(\.name), rows: answer.rows.map { $0.map(\.result) },
      totals: answer.totals?.map(\.result), warnings: execution.warnings)
  }
}
