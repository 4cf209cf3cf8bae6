extension FuzzTarget {
  /// Every parser of the package. A new one is added here, and nowhere else: `make test` and `make fuzz` take this list.
  package static let all: [FuzzTarget] = [
    .json, .safetensors, .checkpointIndex, .configuration, .tokenizer, .tokenizerText, .corpus, .csv, .jsonLines,
    .nestedJSON, .columns, .plainText, .sourceArgument, .namePattern, .byteCount, .runDatabase,
  ]

  package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}
