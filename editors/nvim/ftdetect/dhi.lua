-- A YAML file whose first line names the DHI frontend has the filetype
-- yaml.dhi: all that belongs to yaml still loads, and other servers of yaml
-- stay away.
local function definition(_, bufnr)
  if bufnr and require('dhi.detect').is_definition(bufnr) then
    return 'yaml.dhi'
  end
end

vim.filetype.add({
  extension = { dhi = 'yaml.dhi' },
  pattern = {
    ['.*%.ya?ml'] = { definition, { priority = 10 } },
  },
})
