-- The language of the displays; null where the source does not state one for all. Those of systems that were loaded before are told by their format.
alter table records.concept_system add column language text;
update records.concept_system set language = case format when 'loinc' then 'en-US' else 'en' end where format in ('icd-10-cm', 'loinc', 'rxnorm', 'cpt');
