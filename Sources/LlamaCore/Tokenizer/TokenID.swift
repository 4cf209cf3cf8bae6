/// The number of a token in the vocabulary: the index of its row in the embedding.
public typealias TokenID = Int32
