//===- char_lstm.mlir - A character-level language model -----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// 16 texts of 1,000 characters each: every character is looked up in a table,
// goes through one LSTM layer of 256 units, and the next character is predicted.
// The loss is the mean cross-entropy in nats. It is formed inside the step, so
// the predictions of all steps never exist at the same time.
//
//===----------------------------------------------------------------------===//

!texts = tensor<1000x16xi32>
!characters = tensor<16xi32>
!table = tensor<96x64xf32>
!input = tensor<16x64xf32>
!state = tensor<16x256xf32>
!input_weight = tensor<64x256xf32>
!state_weight = tensor<256x256xf32>
!bias = tensor<256xf32>
!output_weight = tensor<256x96xf32>
!output_bias = tensor<96xf32>
!logits = tensor<16x96xf32>
!losses = tensor<16xf32>
!scalar = tensor<f32>

#text = affine_map<(text, feature) -> (text)>
#text_feature = affine_map<(text, feature) -> (text, feature)>
#each = affine_map<(text) -> (text)>

func.func private @sigmoid(%x: !state) -> !state {
  %one = arith.constant dense<1.0> : !state
  %negated = arith.negf %x : !state
  %decay = math.exp %negated : !state
  %denominator = arith.addf %decay, %one : !state
  %y = arith.divf %one, %denominator : !state
  return %y : !state
}

// The input of one gate: b + x Wx + h Wh.
func.func private @gate(%x: !input, %h: !state, %wx: !input_weight, %wh: !state_weight, %b: !bias) -> !state {
  %empty = tensor.empty() : !state
  %bias = linalg.broadcast ins(%b : !bias) outs(%empty : !state) dimensions = [0]
  %from_x = linalg.matmul ins(%x, %wx : !input, !input_weight) outs(%bias : !state) -> !state
  %z = linalg.matmul ins(%h, %wh : !state, !state_weight) outs(%from_x : !state) -> !state
  return %z : !state
}

// One step: the next hidden state and the next cell.
func.func private @lstm_step(%x: !input, %h: !state, %c: !state,
    %wx_i: !input_weight, %wh_i: !state_weight, %b_i: !bias,
    %wx_f: !input_weight, %wh_f: !state_weight, %b_f: !bias,
    %wx_g: !input_weight, %wh_g: !state_weight, %b_g: !bias,
    %wx_o: !input_weight, %wh_o: !state_weight, %b_o: !bias) -> (!state, !state) {
  %z_i = func.call @gate(%x, %h, %wx_i, %wh_i, %b_i)
      : (!input, !state, !input_weight, !state_weight, !bias) -> !state
  %z_f = func.call @gate(%x, %h, %wx_f, %wh_f, %b_f)
      : (!input, !state, !input_weight, !state_weight, !bias) -> !state
  %z_g = func.call @gate(%x, %h, %wx_g, %wh_g, %b_g)
      : (!input, !state, !input_weight, !state_weight, !bias) -> !state
  %z_o = func.call @gate(%x, %h, %wx_o, %wh_o, %b_o)
      : (!input, !state, !input_weight, !state_weight, !bias) -> !state
  %i = func.call @sigmoid(%z_i) : (!state) -> !state
  %f = func.call @sigmoid(%z_f) : (!state) -> !state
  %g = math.tanh %z_g : !state
  %o = func.call @sigmoid(%z_o) : (!state) -> !state
  %kept = arith.mulf %f, %c : !state
  %added = arith.mulf %i, %g : !state
  %c_next = arith.addf %kept, %added : !state
  %squashed = math.tanh %c_next : !state
  %h_next = arith.mulf %o, %squashed : !state
  return %h_next, %c_next : !state, !state
}

// The row of the table that belongs to each character.
func.func private @embed(%characters: !characters, %table: !table) -> !input {
  %empty = tensor.empty() : !input
  %x = linalg.generic {indexing_maps = [#text, #text_feature], iterator_types = ["parallel", "parallel"]}
      ins(%characters : !characters) outs(%empty : !input) {
  ^bb0(%character: i32, %out: f32):
    %row = arith.index_cast %character : i32 to index
    %column = linalg.index 1 : index
    %value = tensor.extract %table[%row, %column] : !table
    linalg.yield %value : f32
  } -> !input
  return %x : !input
}

// total + the sum over the texts of -log softmax(logits)[target].
func.func private @add_cross_entropy(%logits: !logits, %targets: !characters, %total: !scalar) -> !scalar {
  %lowest = arith.constant dense<0xFF800000> : !losses
  %zero = arith.constant dense<0.0> : !losses
  %empty = tensor.empty() : !logits
  %empty_losses = tensor.empty() : !losses
  // Subtracting the largest logit changes the range of exp and nothing else.
  %largest = linalg.reduce { arith.maximumf } ins(%logits : !logits) outs(%lowest : !losses) dimensions = [1]
  %constant = remat.stop_gradient %largest : !losses
  %shift = linalg.broadcast ins(%constant : !losses) outs(%empty : !logits) dimensions = [1]
  %shifted = arith.subf %logits, %shift : !logits
  %powers = math.exp %shifted : !logits
  %sum = linalg.reduce { arith.addf } ins(%powers : !logits) outs(%zero : !losses) dimensions = [1]
  %log_sum = math.log %sum : !losses
  %chosen = linalg.generic {indexing_maps = [#each, #each], iterator_types = ["parallel"]}
      ins(%targets : !characters) outs(%empty_losses : !losses) {
  ^bb0(%target: i32, %out: f32):
    %text = linalg.index 0 : index
    %column = arith.index_cast %target : i32 to index
    %value = tensor.extract %shifted[%text, %column] : !logits
    linalg.yield %value : f32
  } -> !losses
  %losses = arith.subf %log_sum, %chosen : !losses
  %new_total = linalg.reduce { arith.addf } ins(%losses : !losses) outs(%total : !scalar) dimensions = [0]
  return %new_total : !scalar
}

func.func private @loss(%characters: !texts, %targets: !texts, %table: !table,
    %wx_i: !input_weight, %wh_i: !state_weight, %b_i: !bias,
    %wx_f: !input_weight, %wh_f: !state_weight, %b_f: !bias,
    %wx_g: !input_weight, %wh_g: !state_weight, %b_g: !bias,
    %wx_o: !input_weight, %wh_o: !state_weight, %b_o: !bias,
    %wy: !output_weight, %by: !output_bias) -> !scalar {
  %steps = arith.constant 1000 : index
  %zero_state = arith.constant dense<0.0> : !state
  %zero = arith.constant dense<0.0> : !scalar
  %h_last, %c_last, %total = remat.recurrence count(%steps) at(%t)
      carry(%h = %zero_state : !state, %c = %zero_state : !state, %sum = %zero : !scalar)
      scan(%character = %characters : !texts, %target = %targets : !texts) {
    %x = func.call @embed(%character, %table) : (!characters, !table) -> !input
    %h_next, %c_next = func.call @lstm_step(%x, %h, %c,
        %wx_i, %wh_i, %b_i, %wx_f, %wh_f, %b_f,
        %wx_g, %wh_g, %b_g, %wx_o, %wh_o, %b_o)
        : (!input, !state, !state,
           !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
           !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias) -> (!state, !state)
    %empty = tensor.empty() : !logits
    %bias = linalg.broadcast ins(%by : !output_bias) outs(%empty : !logits) dimensions = [0]
    %logits = linalg.matmul ins(%h_next, %wy : !state, !output_weight) outs(%bias : !logits) -> !logits
    %sum_next = func.call @add_cross_entropy(%logits, %target, %sum) : (!logits, !characters, !scalar) -> !scalar
    remat.yield carry(%h_next, %c_next, %sum_next : !state, !state, !scalar)
  }
  // 1 / (1000 * 16)
  %scale = arith.constant dense<6.25e-5> : !scalar
  %mean = arith.mulf %total, %scale : !scalar
  return %mean : !scalar
}

func.func @char_lstm(%characters: !texts, %targets: !texts, %table: !table,
    %wx_i: !input_weight, %wh_i: !state_weight, %b_i: !bias,
    %wx_f: !input_weight, %wh_f: !state_weight, %b_f: !bias,
    %wx_g: !input_weight, %wh_g: !state_weight, %b_g: !bias,
    %wx_o: !input_weight, %wh_o: !state_weight, %b_o: !bias,
    %wy: !output_weight, %by: !output_bias)
    -> (!scalar, !table, !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
        !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
        !output_weight, !output_bias) {
  %loss, %d_table, %d_wx_i, %d_wh_i, %d_b_i, %d_wx_f, %d_wh_f, %d_b_f,
      %d_wx_g, %d_wh_g, %d_b_g, %d_wx_o, %d_wh_o, %d_b_o, %d_wy, %d_by =
      remat.value_and_gradient @loss(%characters, %targets, %table,
          %wx_i, %wh_i, %b_i, %wx_f, %wh_f, %b_f,
          %wx_g, %wh_g, %b_g, %wx_o, %wh_o, %b_o, %wy, %by)
      wrt [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
      : (!texts, !texts, !table, !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
         !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
         !output_weight, !output_bias)
      -> (!scalar, !table, !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
          !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
          !output_weight, !output_bias)
  return %loss, %d_table, %d_wx_i, %d_wh_i, %d_b_i, %d_wx_f, %d_wh_f, %d_b_f,
      %d_wx_g, %d_wh_g, %d_b_g, %d_wx_o, %d_wh_o, %d_b_o, %d_wy, %d_by
      : !scalar, !table, !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
        !input_weight, !state_weight, !bias, !input_weight, !state_weight, !bias,
        !output_weight, !output_bias
}
