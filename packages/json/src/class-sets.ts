import { ValueClass } from './shape.ts';

const { boolean, safeInteger, longInteger, wideInteger, double, decimal, wildNumber } = ValueClass;
const { string, date, dateTime, uuid, object, array } = ValueClass;

/** The classes of integer literals that are not too long for all of them. */
export const integerClasses = safeInteger | longInteger | wideInteger;

/** The classes of all numbers. */
export const numberClasses = integerClasses | double | decimal | wildNumber;

/** The classes of all strings. */
export const textClasses = string | date | dateTime | uuid;

/** Every class there is. */
export const allClasses = ValueClass.null | boolean | numberClasses | textClasses | object | array;
