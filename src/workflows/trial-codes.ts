// "Enhanced error codes": how Adobe says that a TempPass is used up. Samples differ in the action that
// these ask for.

export const OUT_OF_TIME = 'temporary_access_duration_limit_exceeded';
export const OUT_OF_TITLES = 'temporary_access_resources_limit_exceeded';
export const USED_UP: readonly string[] = [OUT_OF_TIME, OUT_OF_TITLES];
