import { allClasses, numberClasses, textClasses } from './class-sets.ts';
import { shapeOfValue } from './infer.ts';
import { EncodeError } from './encode-error.ts';
import { intersectShapes } from './intersect-shapes.ts';
import {
  digitsKeyword,
  doubleDigits,
  formats,
  scaleKeyword,
  type JsonSchema,
} from './json-schema.ts';
import { emptyShape, mergeShapes } from './merge-shape.ts';
import { integerDigits as digitsOf, mostDigits } from './number-class.ts';
import { ValueClass, type Shape } from './shape.ts';
