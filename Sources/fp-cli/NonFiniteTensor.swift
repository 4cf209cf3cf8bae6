import Foundation
import Foundations
import LlamaCore
import ProfileReport

/// Tensor with non-finite values, as reported by `inspect --check`.
struct NonFiniteTensor {
  let tensor: TensorInfo
  let values: NonFiniteValues

  /// Reads all weights.
  ///
  /// - Throws: `FileError`.
  static func all(in files: [SafetensorsFile]) throws(FileError) -> [NonFiniteTensor] {
    var found: [NonFiniteTensor] = []
    for file in files {
      let values = try file.nonFiniteValues(threads: ProcessInfo.processInfo.activeProcessorCount)
      for (tensor, values) in zip(file.tensors, values) {
        if let values, values.count > 0 { found.append(NonFiniteTensor(tensor: tensor, values: values)) }
      }
    }
    return found
  }

  /// Returns the error in one line; nil if there is none.
  static func fault(_ found: [NonFiniteTensor]) -> String? {
    guard let first = found.first else { return nil }
    let (nan, infinite) = found.reduce((0, 0)) { ($0.0 + $1.values.nan, $0.1 + $1.values.infinite) }
    let more = found.count > 1 ? ", the first of \(TextTable.count(found.count)) such tensors" : ""
    return "expected finite weights, found \(TextTable.count(nan)) NaN and \(TextTable.count(infinite)) infinite: "
      + "\(first.tensor.name.clipped), row \(first.row), column \(first.column)\(more)"
  }

  /// Row of the first such value in the tensor as a matrix, whose rows are the last dimension.
  var row: Int { (values.first ?? 0) / columns }
  var column: Int { (values.first ?? 0) % columns }
  private var columns: Int { max(1, tensor.shape.last ?? 1) }

  func write(to json: inout JSONWriter) {
    json.beginObject()
    json.member("name", .string(tensor.name))
    json.member("nan", .integer(values.nan))
    json.member("infinite", .integer(values.infinite))
    json.member("first", .object(["row": .integer(row), "column": .integer(column)]))
    json.endObject()
  }
}

extension CheckpointSummary {
  static func table(_ found: [NonFiniteTensor]) -> String {
    var table = TextTable(header: ["not finite", "dtype", "shape", "NaN", "infinite", "first row", "column"], names: 3)
    for item in found {
      table.add([
        item.tensor.name.clipped, item.tensor.type.rawValue, item.tensor.shape.shapeText,
        TextTable.count(item.values.nan), TextTable.count(item.values.infinite), TextTable.count(item.row),
        TextTable.count(item.column),
      ])
    }
    return table.text
  }
}
