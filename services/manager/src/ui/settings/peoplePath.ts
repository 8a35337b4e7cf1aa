/** Of the API: where pages of Settings search people. */
export const peoplePath = "/api/settings/people";
